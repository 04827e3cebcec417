import { describe, it } from "vitest";
import type { JobEvent } from "../../shared/job.ts";
import { statusEditMs } from "../../shared/limits.ts";
import { drawReply } from "../replies/discord-message.ts";
import { fitsSlack, wordsOf } from "../replies/slack-message.ts";
import { advance, drawProgress, editIn, noProgress, type Progress } from "./progress.ts";

const events: JobEvent[] = [
  { seq: 1, at: 1000, kind: "stage", stage: "cloning" },
  { seq: 2, at: 2000, kind: "stage", stage: "asking" },
  { seq: 3, at: 3000, kind: "tool", words: "reading src/cart.ts" },
  { seq: 4, at: 4000, kind: "said", text: "One test fails." },
  { seq: 5, at: 5000, kind: "tool", words: "running npm test" },
];
const facts = { where: "acme/shop", now: 66_000, costUsd: 0.04 };

describe("the status of a run", () => {
  it("says the stage, what the agent does, how long it took and what it cost", ({ expect }) => {
    expect(drawProgress(advance(noProgress, events), facts)).toEqual({
      text: "⚙️ Working on acme/shop: looking for the cause · 1 min 5 s · $0.04\n› reading src/cart.ts\n› running npm test",
      doing: {
        stage: "looking for the cause",
        tool: "running npm test",
        where: "acme/shop",
        elapsed: "1 min 5 s",
        cost: "$0.04",
      },
    });
  });

  it("is the same however its events were split between readers", ({ expect }) => {
    const whole = advance(noProgress, events);
    for (let cut = 0; cut <= events.length; cut++) {
      const first: Progress = structuredClone(advance(noProgress, events.slice(0, cut)));
      expect(advance(first, events.slice(cut))).toEqual(whole);
    }
  });

  it("starts a new list with each stage", ({ expect }) => {
    const next = advance(noProgress, [...events, { seq: 6, at: 6000, kind: "stage", stage: "verifying" }]);
    expect(drawProgress(next, { ...facts, costUsd: undefined })).toEqual({
      text: "⚙️ Working on acme/shop: verifying the fix · 1 min 5 s",
      doing: { stage: "verifying the fix", where: "acme/shop", elapsed: "1 min 5 s" },
    });
  });

  it("shows a command as words: it formats and pings nothing", ({ expect }) => {
    const words = "running echo <!channel> *x*";
    const { text } = drawProgress(advance(noProgress, [{ seq: 1, at: 1, kind: "tool", words }]), facts);
    expect(text).toContain("› running echo \\<!channel\\> \\*x\\*");
  });

  it("is one message, whatever the agent does", ({ expect }) => {
    const busy = Array.from({ length: 9 }, (_event, at) => ({
      seq: at,
      at,
      kind: "tool" as const,
      words: "&\u202E".repeat(5000),
    }));
    const { text } = drawProgress(advance(noProgress, busy), facts);
    expect(fitsSlack(wordsOf({ text }))).toBe(true);
    expect(drawReply({ text })).toHaveLength(1);
  });

  it("is edited no sooner than after its time, and then is: no news is lost", ({ expect }) => {
    const shown = { ...advance(noProgress, events), shownAt: 10_000, isNews: false };
    expect(editIn(shown, 99_000)).toBeUndefined();
    const news = advance(shown, [{ seq: 6, at: 6000, kind: "tool", words: "editing src/cart.ts" }]);
    expect(editIn(news, 10_500)).toBe(statusEditMs - 500);
    expect(editIn(news, 99_000)).toBe(0);
  });
});
