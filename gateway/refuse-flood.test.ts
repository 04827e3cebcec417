import { it } from "vitest";
import { type Command, commandSchema } from "../shared/command.ts";
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

/** Another isolate each time: what one remembers the next does not know. */
function setUp() {
  const sent: Command[] = [];
  return { sent, refuseFlood: createRefuseFlood(async (command) => sent.push(command)) };
}

it("sends one command for a person and a minute", async ({ expect }) => {
  const { sent, refuseFlood } = setUp();
  await Promise.all([refuseFlood(held, 60_000), refuseFlood({ ...held, id: "slack-Ev2" }, 119_999)]);
  await refuseFlood({ ...held, author: { id: "U2" } }, 119_999);
  await refuseFlood(held, 120_000);
  expect(sent.map(({ author, heldUntil }) => [author.id, heldUntil])).toEqual([
    ["U1", 120_000],
    ["U2", 179_999],
    ["U1", 180_000],
  ]);
  expect(commandSchema.safeParse(sent[0]).success).toBe(true);
  expect(new Set(sent.map(({ id }) => id)).size).toBe(3);
});

it("sends what another isolate sends under the same id", async ({ expect }) => {
  const [one, other] = [setUp(), setUp()];
  await one.refuseFlood(held, 60_000);
  await other.refuseFlood({ ...held, id: "slack-Ev2" }, 119_999);
  expect(one.sent[0]?.id).toMatch(/^flood-[0-9a-f]{64}$/);
  expect(other.sent[0]?.id).toBe(one.sent[0]?.id);
});

it("tries again when the queue did not take it", async ({ expect }) => {
  const sent: Command[] = [];
  let isDown = true;
  const refuseFlood = createRefuseFlood(async (command) => {
    if (isDown) throw new Error("the queue is down");
    sent.push(command);
  });
  await expect(refuseFlood(held, 60_000)).rejects.toThrow("the queue is down");
  isDown = false;
  await refuseFlood(held, 60_001);
  expect(sent).toHaveLength(1);
});
