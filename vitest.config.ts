import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/summary-reporter.ts";

const inWorkerd = ["gateway/**/*.test.ts", "consumer/**/*.test.ts", "shared/**/*.test.ts"];

export default defineConfig({
  test: {
    // What a passing test prints is of interest to nobody.
    silent: "passed-only",
    reporters: ["default", new SummaryReporter()],
    projects: [
      {
        plugins: [
          cloudflareTest({
            miniflare: {
              compatibilityDate: "2026-10-01",
              compatibilityFlags: ["nodejs_compat"],
              d1Databases: ["DB"],
              kvNamespaces: ["BUGBOT_KV"],
              r2Buckets: ["CHECKPOINTS"],
            },
          }),
        ],
        test: { name: "workerd", include: inWorkerd },
      },
      {
        test: {
          name: "node",
          include: ["**/*.test.ts"],
          exclude: ["node_modules/**", "test/container/**", "bench/fixes/*/repository/**", ...inWorkerd],
          globalSetup: "test/build-bundles.ts",
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
