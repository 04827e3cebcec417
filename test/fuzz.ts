import { spawnSync } from "node:child_process";
import { wholeNumber } from "../cli/parse-option.ts";
import { createScript } from "../local/script.ts";

/** `npm run fuzz`: every property of what strangers can send, with many more inputs than in `npm test`. */
const { runs, seed } = createScript(
  "run fuzz",
  "Sends anything to all that strangers can reach: doors, extractors, git's packets, the egress, event streams, what chat shows of it, and the patterns of paths.",
)
  .option("--runs <count>", "inputs of each property", wholeNumber(1, 10_000_000), 10_000)
  .option("--seed <number>", "which inputs: the same ones for the same seed", wholeNumber(0, 2 ** 31 - 1), 20_261_120)
  .parse()
  .opts<{ runs: number; seed: number }>();

/** `mutated` and `doors` are the gateway's, `reference` has the extractors, `replies` what is shown of strangers' words, and the last two what a fix may change. */
const files = [
  "fuzz",
  "mutated-interactions",
  "slack/doors",
  "references/reference",
  "replies/",
  "allowed-paths",
  "edit-rules",
];
const startedAt = Date.now();
const { status } = spawnSync("vitest", ["run", ...files], {
  stdio: "inherit",
  env: { ...process.env, FUZZ_RUNS: String(runs), FUZZ_SEED: String(seed) },
});
console.log(`seed ${seed}, ${runs} inputs of each property, ${Math.round((Date.now() - startedAt) / 1000)} s`);
process.exitCode = status ?? 1;
