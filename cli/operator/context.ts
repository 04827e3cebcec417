import { styleText } from "node:util";
import type { Command } from "commander";
import * as z from "zod/mini";
import { type ApiCard, contextSchema } from "../../shared/api.ts";
import { wrap } from "../wrap.ts";
import { createApi, failed } from "./api.ts";
import { oneLine, print } from "./print.ts";

const jsonSchema = z.object({ json: z._default(z.boolean(), false) });
const wordsSchema = z.array(z.string());

/** `bugbot context` */
export function addContext(program: Command): void {
  program
    .command("context")
    .summary("gather what is known about a bug")
    .description(
      "Asks PostHog, GitHub and Linear what `@bugbot contextualize` would ask, and prints the card. Files no issue and writes nothing. " +
        "Ends with 1 when neither PostHog nor GitHub gave an answer.",
    )
    .argument("<text...>", "the report, with the repository, session, address or issue it names")
    .option("--json", "print JSON: the card, and what each source gave")
    .action(async (given: unknown, options: unknown) => {
      const { json } = jsonSchema.parse(options);
      const text = wordsSchema.parse(given).join(" ");
      const answer = await createApi().post("/context", contextSchema, { text });
      print(json, answer, describe(answer.card));
      const { behaviour, code } = answer.findings;
      if (behaviour.state === "missing" && code.state === "missing")
        throw failed("Neither PostHog nor GitHub gave an answer.");
    });
}

function describe({ title, sections, unknown }: ApiCard): string {
  const parts = [
    styleText("bold", wrap(oneLine(title))),
    ...(sections.length === 0 ? ["Nothing was found beyond the report itself."] : []),
    ...sections.map(({ title: heading, claims }) =>
      [
        styleText("bold", heading),
        ...claims.map(
          ({ lead, text, url }) => `  ${wrap(oneLine(`${lead} ${text}`), 2)}\n    ${styleText("dim", oneLine(url))}`,
        ),
      ].join("\n"),
    ),
    ...(unknown.length > 0
      ? [[styleText("bold", "Not known"), ...unknown.map((gap) => `  ${wrap(oneLine(gap), 2)}`)].join("\n")]
      : []),
  ];
  return parts.join("\n\n");
}
