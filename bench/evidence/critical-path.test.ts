import { describe, it } from "vitest";
import type { RecordedRequest } from "../../local/stand-in.ts";
import { createCleanup } from "../report/cleanup.ts";
import { startContextualizer } from "./contextualizer.ts";
import { contradictions, criticalPath } from "./critical-path.ts";

describe("the critical path", () => {
  it("is made of needs that a run shows, all of them and no other", async ({ expect }) => {
    const cleanup = createCleanup();
    try {
      const bugbot = await startContextualizer(cleanup);
      const { calls } = await bugbot.measure("recorded", 100);
      expect(contradictions(calls)).toEqual([]);
      const path = criticalPath(calls);
      expect(path[0]).toMatch(/^Slack /);
      expect(path.slice(-2)).toEqual(["Linear commentCreate", "Slack chat.update"]);
    } finally {
      await cleanup.run();
    }
  });

  const call = (operation: string, at: number, answeredAt: number): RecordedRequest => ({
    method: "POST",
    path: "/",
    headers: {},
    body: undefined,
    operation,
    at,
    answeredAt,
  });
  const run = (filedAt: number) =>
    new Map([
      ["Linear", [call("issueCreate", 0, 100), call("commentCreate", filedAt, filedAt + 100)]],
      ["Slack", [call("chat.update", 400, 500)]],
    ]);

  it("counts a call only after an answer that it waited for", ({ expect }) => {
    expect(criticalPath(run(100))).toEqual(["Linear issueCreate", "Linear commentCreate", "Slack chat.update"]);
    expect(criticalPath(run(50))).toEqual(["Linear commentCreate", "Slack chat.update"]);
  });

  it("is contradicted by a call that did not wait, and by a need that nobody has", ({ expect }) => {
    const told = "Linear commentCreate began before Linear issueCreate was answered";
    expect(contradictions(run(50))).toContain(told);
    expect(contradictions(run(100))).not.toContain(told);
    expect(contradictions(run(100))).toContain("nobody asked ^PostHog actions after ^PostHog GET");
  });
});
