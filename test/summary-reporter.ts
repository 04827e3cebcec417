import type { Reporter, TestModule } from "vitest/node";

/** Ends a run with one plain line that any CI can read. */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const count = (state: string) => states.filter((one) => one === state).length;
    const broken = modules.filter(
      (module) => module.state() === "failed" && [...module.children.allTests("failed")].length === 0,
    );
    const failed = count("failed") + broken.length;
    console.log(`\n${count("passed")} passed, ${failed} failed, ${count("skipped")} skipped`);
  }
}
