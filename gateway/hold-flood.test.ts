import { it } from "vitest";
import type { Command } from "../shared/command.ts";
import { createHoldFlood } from "./hold-flood.ts";

function command(author: string, name: Command["name"] = "fix"): Command {
  const conversation = { platform: "slack" as const, teamId: "T1", channelId: "C1", messageId: "1.1" };
  return { v: 1, id: "a", name, text: "", conversation, author: { id: author }, references: {}, receivedAt: 1 };
}

function setUp(limit: RateLimit["limit"]) {
  const keys: string[] = [];
  const limiter = {
    limit: async (asked: RateLimitOptions) => {
      keys.push(asked.key);
      return limit(asked);
    },
  };
  return { keys, holdFlood: createHoldFlood({ limiter, operators: ["U9"] }) };
}

it("counts each person of each workspace alone", async ({ expect }) => {
  const { keys, holdFlood } = setUp(async ({ key }) => ({ success: key !== "slack:T1:U1" }));
  expect([await holdFlood(command("U1")), await holdFlood(command("U2"))]).toEqual([true, false]);
  expect(keys).toEqual(["slack:T1:U1", "slack:T1:U2"]);
});

it("never holds operators, nor anybody's stop", async ({ expect }) => {
  const { keys, holdFlood } = setUp(async () => ({ success: false }));
  expect([await holdFlood(command("U9")), await holdFlood(command("U1", "stop"))]).toEqual([false, false]);
  expect(keys).toEqual([]);
});

it("lets pass what cannot be counted", async ({ expect }) => {
  const { holdFlood } = setUp(() => Promise.reject(new Error("gone")));
  expect(await holdFlood(command("U1"))).toBe(false);
});

it("lets pass what is not counted at once", async ({ expect }) => {
  const { holdFlood } = setUp(() => new Promise(() => undefined));
  expect(await holdFlood(command("U1"))).toBe(false);
});
