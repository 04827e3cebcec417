import * as fc from "fast-check";
import { it } from "vitest";
import { fuzzed, fuzzTimeoutMs } from "../../shared/fuzz.ts";
import { mutated } from "../../shared/mutated.ts";
import { endingOfProposal } from "../endings/ending-of-proposal.ts";
import { endingOfRun } from "../endings/ending-of-run.ts";
import { fitsSlack, wordsOf } from "../replies/slack-message.ts";
import { advance, drawProgress, editIn, noProgress } from "./progress.ts";
import { createSandbox } from "./sandbox.ts";

const usage = { costUsd: 0.1, turns: 3, durationMs: 5_000 };
const file = { path: "src/cart.js", additions: 1, deletions: 1 };
const proof = { kind: "reproduced", command: "npm test", tests: ["test/cart.test.js"] };
const memory = { files: [file], said: "One test fails.", lost: ["work"] };
const outcomes = [
  { kind: "pushed", commit: "a".repeat(40), files: [file], summary: "It kept a code twice.", proof, usage },
  { kind: "no_change", summary: "Nothing is wrong.", usage },
  { kind: "outside_allowed_paths", files: ["package.json"], usage },
  { kind: "out_of_turns", usage },
  { kind: "out_of_budget", usage },
  { kind: "out_of_time", usage },
  { kind: "stopped", usage },
  { kind: "agent_failed", reason: "the API answered 500", usage },
  { kind: "git_failed", stage: "push", reason: "refused", usage },
];
const events = [
  { seq: 1, at: 1_000, kind: "stage", stage: "cloning" },
  { seq: 2, at: 2_000, kind: "tool", words: "reading src/cart.js" },
  { seq: 3, at: 3_000, kind: "said", text: "One test fails." },
  ...outcomes.map((outcome) => ({ seq: 4, at: 4_000, kind: "outcome", outcome, memory })),
];
const page = fc
  .array(fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...events) }, ...events.map(mutated)), { maxLength: 5 })
  .map((list) => JSON.stringify({ events: list, done: false }));
const answer = fc.oneof({ weight: 9, arbitrary: page }, fc.json(), fc.string({ unit: "binary", maxLength: 60 }));

const facts = {
  where: "[acme/shop](https://github.com/acme/shop)",
  allowedPaths: ["src/**"],
  limits: { wallClockMs: 60_000, maxTurns: 60, maxCostUsd: 5 },
  standing: { kind: "none" } as const,
};
const pullRequest = { number: 1, url: "https://github.com/acme/shop/pull/1", title: "fix: the code", draft: false };

it(
  "whatever a container says of its run, it is read or refused, and what people read of it is short and whole",
  { timeout: fuzzTimeoutMs },
  async ({ expect }) => {
    let ended = 0;
    await fc.assert(
      fc.asyncProperty(answer, fc.integer({ min: 200, max: 599 }), fc.boolean(), async (text, status, isWell) => {
        const hasNoBody = status === 204 || status === 205 || status === 304;
        const said = new Response(hasNoBody ? null : text, { status: isWell ? 200 : status });
        const executor = { lend: () => Promise.reject(new Error("must not lend")), fetch: async () => said };
        // What it refuses it throws: the step is tried again, and then the command ends by that.
        const read = await createSandbox(executor, "thread")
          .events("job", 0, 0)
          .catch((error: unknown) => {
            if (error instanceof Error) return undefined;
            throw error;
          });
        const progress = advance(noProgress, read?.events ?? []);
        editIn(progress, 9_000);
        const drawn = drawProgress(progress, { where: facts.where, now: 9_000, costUsd: 0.1 });
        if (!fitsSlack(wordsOf(drawn)) || !drawn.text.isWellFormed()) throw new Error("a status of its own");
        for (const event of read?.events ?? []) {
          if (event.kind !== "outcome") continue;
          const { outcome } = event;
          const endings = [endingOfRun(outcome, { ...facts, kept: event.memory })];
          if (outcome.kind === "pushed") endings.push(endingOfProposal(outcome, { ...facts, pullRequest, note: "" }));
          for (const { reply } of endings)
            if (reply === "" || !reply.isWellFormed()) throw new Error("an ending without words");
          ended += 1;
        }
      }),
      fuzzed(1_000),
    );
    expect(ended).toBeGreaterThan(50);
  },
);
