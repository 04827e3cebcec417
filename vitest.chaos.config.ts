import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/summary-reporter.ts";

/** The whole kill matrix, minutes long. It writes `docs/reliability.md`. */
export default defineConfig({
  test: {
    reporters: ["default", new SummaryReporter()],
    include: ["test/chaos/*.chaos.ts"],
    globalSetup: "test/build-bundles.ts",
    testTimeout: 60 * 60_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
