import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/summary-reporter.ts";

const inWorkerd = ["gateway/**/*.test.ts", "consumer/**/*.test.ts", "shared/**/*.test.ts"];

/** Minutes each: `npm run test:all` runs them too. Their promises are shown more cheaply, in part, by others. */
const slow = [
  "bench/slow-parts.test.ts",
  "test/doors.test.ts",
  "test/evidence-faults.test.ts",
  "test/replayed-bugs.test.ts",
  "test/slow-database/**",
  "test/transcripts.test.ts",
];

/** What `npm run fuzz` asks for. */
const number = (text: string | undefined) => (text === undefined ? null : Number(text));
const provide = { fuzz: { runs: number(process.env["FUZZ_RUNS"]), seed: number(process.env["FUZZ_SEED"]) } };

/** Vitest polls for a second, which a busy machine may spend elsewhere. */
const expect = { poll: { timeout: 30_000 } };

export default defineConfig({
  test: {
    // A flow test waits more than it works: on two cores, one at a time leaves a third of them idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // What a passing test prints is of interest to nobody.
    silent: "passed-only",
    reporters: ["default", new SummaryReporter()],
    projects: [
      {
        plugins: [
          cloudflareTest({
            miniflare: {
              compatibilityDate: "2026-10-01",
              compatibilityFlags: ["nodejs_compat", "enable_request_signal"],
              d1Databases: ["DB"],
              kvNamespaces: ["BUGBOT_KV"],
              r2Buckets: ["CHECKPOINTS"],
            },
          }),
        ],
        // On a busy machine a property takes many times what it takes alone.
        test: { name: "workerd", include: inWorkerd, provide, expect, testTimeout: 60_000 },
      },
      {
        test: {
          name: "node",
          provide,
          expect,
          include: ["**/*.test.ts"],
          exclude: [
            "node_modules/**",
            "test/container/**",
            "bench/fixes/*/repository/**",
            ...inWorkerd,
            ...(process.env["TEST_ALL"] ? [] : slow),
          ],
          globalSetup: "test/build-bundles.ts",
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
