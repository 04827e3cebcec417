import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** What `npm run fuzz` asks for; nulls in `npm test`. */
    fuzz: { runs: number | null; seed: number | null };
  }
}

/** For fast-check: how many inputs a property is given, and which. In `npm test` so `few`, the same ones each time. One of a heavy property counts as `weight`. */
export function fuzzed(few: number, weight = 1): { numRuns: number; seed: number } {
  const { runs, seed } = inject("fuzz");
  return { numRuns: runs === null ? few : Math.ceil(runs / weight), seed: seed ?? 20_261_120 };
}

/** `npm run fuzz` takes its time. */
export const fuzzTimeoutMs = 30 * 60_000;
