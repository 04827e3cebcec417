import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { it } from "vitest";
import type { Command } from "../shared/command.ts";
import { createRedact } from "../shared/redact.ts";
import { consume, retryDelaySeconds } from "./consume.ts";

const command: Command = {
  v: 1,
  id: "slack-Ev1",
  name: "fix",
  text: "it",
  conversation: { platform: "slack", teamId: "T1", channelId: "C1", threadId: "1.1", messageId: "1.1" },
  author: { id: "U1" },
  references: {},
  receivedAt: 1,
};

async function deliver(body: unknown, start: (command: Command) => Promise<void>) {
  const lines: unknown[][] = [];
  const batch = createMessageBatch("bugbot-commands", [{ id: "m1", timestamp: new Date(), attempts: 1, body }]);
  const context = createExecutionContext();
  const failed: unknown[] = [];
  const deadLetters = {
    noteFailedStart: async (id: string, why: object) => {
      failed.push({ id, ...why });
      throw new Error("D1 is down, too");
    },
  };
  await consume(batch, {
    start,
    deadLetters,
    redact: createRedact(["s3cret-of-the-vendor"]),
    now: () => 5,
    log: (event, facts) => void lines.push([event, facts?.["commandId"]]),
  });
  return { ...(await getQueueResult(batch, context)), lines, failed };
}

it("acknowledges a command whose Workflow has started", async ({ expect }) => {
  const started: string[] = [];
  const result = await deliver(command, async ({ id }) => void started.push(id));
  expect(result).toMatchObject({ explicitAcks: ["m1"], retryMessages: [] });
  expect(started).toEqual(["slack-Ev1"]);
});

it("hands on no secret that somebody typed", async ({ expect }) => {
  const started: Command[] = [];
  const asked = {
    ...command,
    text: "with s3cret-of-the-vendor",
    report: { text: "s3cret-of-the-vendor", author: "U2" },
  };
  await deliver(asked, async (taken) => void started.push(taken));
  expect(started).toEqual([{ ...asked, text: "with [redacted]", report: { text: "[redacted]", author: "U2" } }]);
});

it("keeps a command whose Workflow cannot start", async ({ expect }) => {
  const result = await deliver(command, () => Promise.reject(new Error("Workflows are down")));
  expect(result).toMatchObject({ explicitAcks: [], retryMessages: [{ msgId: "m1" }] });
  expect(result.lines).toEqual([["start_failed", "slack-Ev1"]]);
  expect(result.failed).toEqual([{ id: "slack-Ev1", attempt: 1, error: "Error: Workflows are down", at: 5 }]);
});

it.for<[unknown, string | undefined]>([
  [{ ...command, v: 2 }, "slack-Ev1"],
  [{ kind: "dead_command", command: { id: "slack-Ev1" } }, "slack-Ev1"],
  [{ id: "not an id\n" }, undefined],
  ["nonsense", undefined],
  [null, undefined],
])("names the command in the log as far as the message %o does", async ([body, commandId], { expect }) => {
  const { lines } = await deliver(body, () => Promise.reject(new Error("must not start")));
  expect(lines).toEqual([["start_failed", commandId]]);
});

it("starts nothing for a message it does not understand, and keeps it for the dead-letter queue", async ({
  expect,
}) => {
  const result = await deliver({ ...command, v: 2 }, () => Promise.reject(new Error("must not start")));
  expect(result).toMatchObject({ explicitAcks: [], retryMessages: [{ msgId: "m1" }] });
});

it("waits longer each time", ({ expect }) => {
  expect([1, 2, 3].map(retryDelaySeconds)).toEqual([5, 10, 20]);
});
