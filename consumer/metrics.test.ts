import { describe, it } from "vitest";
import { Failure } from "../shared/failure.ts";
import { createMetrics } from "./metrics.ts";
import { testCommand } from "./stores/test-database.ts";

function setUp() {
  const points: unknown[] = [];
  return { points, metrics: createMetrics({ writeDataPoint: (point) => void points.push(point) }) };
}

describe("a command's data point", () => {
  it("has its outcome, duration and cost, and nothing that anybody wrote", ({ expect }) => {
    const { points, metrics } = setUp();
    const usage = { costUsd: 0.5, turns: 7, durationMs: 1 };
    const command = { ...testCommand("a"), text: "said in confidence", receivedAt: 1_000 };
    metrics.commandEnded(command, { outcome: "failed", reply: "❌ secret", usage }, "watchdog", 61_000);
    expect(points).toEqual([
      { indexes: ["slack:T1"], blobs: ["command", "fix", "failed", "watchdog"], doubles: [60_000, 0.5, 7] },
    ]);
  });

  it("costs nothing where no agent ran", ({ expect }) => {
    const { points, metrics } = setUp();
    metrics.commandEnded(testCommand("a"), { outcome: "refused", reply: "" }, "bugbot", 0);
    expect(points).toMatchObject([{ doubles: [0, 0, 0] }]);
  });
});

describe("a failed source's data point", () => {
  it("says which it was, and why in a word", ({ expect }) => {
    const { points, metrics } = setUp();
    metrics.sourceFailed("PostHog", new Failure("posthog_unreachable", { reply: "x", retry: true }), 1_500);
    metrics.sourceFailed("GitHub", new TypeError("gone: token abc"), 20);
    expect(points).toEqual([
      { indexes: ["PostHog"], blobs: ["source_failed", "PostHog", "posthog_unreachable"], doubles: [1_500] },
      { indexes: ["GitHub"], blobs: ["source_failed", "GitHub", "TypeError"], doubles: [20] },
    ]);
  });
});

it("never fails a command", ({ expect }) => {
  const writeDataPoint = () => {
    throw new Error("no such dataset");
  };
  const metrics = createMetrics({ writeDataPoint });
  expect(() => metrics.sourceFailed("PostHog", "x", 1)).not.toThrow();
});
