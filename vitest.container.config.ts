import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/summary-reporter.ts";

/** The production path of the sandbox. It takes a Docker engine, named by `DOCKER_HOST`; its tests are skipped without. */
export default defineConfig({
  test: {
    reporters: ["verbose", new SummaryReporter()],
    include: ["test/container/**/*.test.ts"],
    globalSetup: "test/container/build.ts",
    testTimeout: 300_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
