import { it } from "vitest";
import { endingOfRun } from "./ending-of-run.ts";

it.for<[string[], string]>([
  [["src/**"], "`src/**`"],
  [["src/**", "lib/**", "!src/secret/**"], "`src/**`, `lib/**`, but not `src/secret/**`"],
  [["src/**", "!secret", "!*.test.ts", "src/a.ts"], "`src/**`, but not `secret`, not `*.test.ts`, and `src/a.ts`"],
  [["!docs", "**"], "not `docs`, and `**`"],
])("of a change to other files says what is allowed in plain words: %j", ([allowedPaths, words], { expect }) => {
  const usage = { costUsd: 0.1, turns: 3, durationMs: 5_000 };
  const { reply } = endingOfRun(
    { kind: "outside_allowed_paths", files: ["ci.yml"], usage },
    {
      where: "[acme/shop](https://github.com/acme/shop)",
      allowedPaths,
      limits: { wallClockMs: 60_000, maxTurns: 60, maxCostUsd: 5 },
      standing: { kind: "none" },
    },
  );
  expect(reply).toContain(`files I may not touch: \`ci.yml\`. Allowed: ${words}.`);
});
