import { afterAll, beforeAll, describe, it } from "vitest";
import { createWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());

const report = "https://github.com/acme/shop Apply twice counts twice";
const key = (ts: string) => `slack:${world.channel}:${ts}`;
const another = (): string => {
  const [team] = world.linear.workspace.teams;
  if (!team) throw new Error("Linear has no team");
  return world.linear.workspace.addIssue({ team, title: "Something else" }).id;
};
const commentsOf = (id: string | undefined) =>
  world.linear.workspace.comments.filter(({ issueId }) => issueId === id).length;

describe("a thread whose issue KV does not know as it is", () => {
  it.for<[string, string, () => string | undefined]>([
    ["another issue's", "EvOtherIssue", another],
    ["one that is gone", "EvGoneIssue", () => "8f2f6a52-3c0f-4a53-9d0a-2f4b1f0a4e11"],
    ["none", "EvNoIssue", () => undefined],
  ] as const)(
    "has %s there, and stays with its own: nothing is filed twice",
    async ([, eventId, stale], { expect }) => {
      const first = await world.mention(`contextualize ${report}`, { eventId });
      const own = world.linear.workspace.issues.at(-1)?.id;
      const kv = await world.threadIssues();
      const wrong = stale();
      if (wrong === undefined) await kv.delete(key(first.ts));
      else await kv.put(key(first.ts), wrong);
      const issues = world.linear.workspace.issues.length;

      expect(await world.mention("contextualize", { threadTs: first.ts })).toMatchObject({ outcome: "succeeded" });
      expect(world.linear.workspace.issues).toHaveLength(issues);
      expect([commentsOf(own), commentsOf(wrong ?? "nobody's")]).toEqual([1, 0]);
      expect(await kv.get(key(first.ts))).toBe(own);
    },
  );
});
