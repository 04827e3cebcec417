import type { Command } from "commander";
import * as z from "zod/mini";
import { promptVersion, withConventions, writePrompt } from "../shared/prompt.ts";
import { rulesOf } from "../shared/rules-of.ts";
import { readSettings } from "../shared/settings.ts";
import { readEnvironment } from "./environment.ts";

const optionsSchema = z.object({ json: z._default(z.boolean(), false) });

/** `bugbot prompt` */
export function addPrompt(program: Command): void {
  program
    .command("prompt")
    .summary("print what the agent is asked, for a sample report")
    .description(
      "Prints what the agent is asked for a sample report, with BUGBOT_ALLOWED_PATHS, BUGBOT_VERIFY and BUGBOT_PROJECTS as they are set here.",
    )
    .option("--json", "print { version, prompt } as JSON")
    .action((given: unknown) => {
      const prompt = samplePrompt();
      const data = { version: promptVersion, prompt };
      console.log(optionsSchema.parse(given).json ? JSON.stringify(data, null, 2) : prompt);
    });
}

function samplePrompt(): string {
  const repository = "acme/shop";
  const { paths, verify } = rulesOf(readSettings(readEnvironment()), repository);
  const asked = writePrompt({
    repository,
    reported: [
      { source: "earlier in the thread, by U0MIA", text: "A customer paid too little, twice this week." },
      { source: "chat message by U0ALICE", text: 'Pressing "Apply" twice takes the discount code off twice.' },
      { source: "Linear issue BUG-12", text: "Discount taken twice\n\nSeen in the cart by two customers." },
    ],
    evidence: {
      source: "evidence from PostHog and GitHub",
      text: "Who is affected:\n- 3 people met “RangeError: the discount is too high” in the last 14 days",
    },
    suspects: [{ path: "src/cart.js", line: 22, reasons: ["frame applyCode, line 22"] }],
    allowedPaths: paths,
    verify,
  });
  return withConventions(asked, [{ path: "CLAUDE.md", text: "Prices are whole cents." }]);
}
