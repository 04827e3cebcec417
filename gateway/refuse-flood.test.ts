import { it } from "vitest";
import { commandSchema } from "../shared/command.ts";
import { createRefuseFlood } from "./refuse-flood.ts";

const held = commandSchema.parse({
  v: 1,
  id: "slack-Ev1",
  name: "fix",
  text: "it",
  conversation: { platform: "slack", teamId: "T1", channelId: "C1", threadId: "1.1", messageId: "1.1" },
  author: { id: "U1" },
  references: {},
  receivedAt: 1,
});
const all = createRefuseFlood({ limit: async () => ({ success: true }) });

it("is one command for a person and a minute, wherever the limit was counted", async ({ expect }) => {
  const [one, same, later, other] = await Promise.all([
    all(held, 60_000),
    all({ ...held, id: "slack-Ev2" }, 119_999),
    all(held, 120_000),
    all({ ...held, author: { id: "U2" } }, 60_000),
  ]);
  expect(commandSchema.safeParse(one).success).toBe(true);
  expect(one).toMatchObject({ name: "fix", conversation: held.conversation, heldUntil: 120_000 });
  expect(same?.id).toBe(one?.id);
  expect(new Set([one?.id, later?.id, other?.id]).size).toBe(3);
});

it("is left out where it was said already, and not where that cannot be known", async ({ expect }) => {
  expect(await createRefuseFlood({ limit: async () => ({ success: false }) })(held, 1)).toBeUndefined();
  expect(await createRefuseFlood({ limit: () => Promise.reject(new Error("gone")) })(held, 1)).toBeDefined();
});
