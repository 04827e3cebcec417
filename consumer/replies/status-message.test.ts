import { expect, it } from "vitest";
import type { Command } from "../../shared/command.ts";
import type { Effect } from "../effect.ts";
import type { Reply } from "./reply.ts";
import { createStatusMessage } from "./status-message.ts";
import { testReplies } from "./test-replies.ts";

const command: Command = {
  v: 1,
  id: "slack-Ev1",
  name: "fix",
  text: "",
  conversation: { platform: "slack", teamId: "T0ACME", channelId: "C0BUGS", threadId: "1.1", messageId: "1.1" },
  author: { id: "U0ALICE" },
  references: {},
  receivedAt: 1,
};
const effect: Effect = (_name, run) => run(false);

it("says its last word in the message that is still being posted, and marks in order", async () => {
  const { replies, said, marks } = testReplies();
  const { promise: posting, resolve: arrive } = Promise.withResolvers<void>();
  const slow = {
    ...replies,
    post: async (...given: Parameters<typeof replies.post>) => {
      await posting;
      return replies.post(...given);
    },
  };
  const status = createStatusMessage(command, {
    replies: slow,
    effect,
    remember: async () => undefined,
    reach: async () => undefined,
  });
  void status.mark("working");
  void status.show("start", { text: "⚙️ …" });
  const ending = Promise.all([status.lastWord({ text: "✅ done" }), status.mark("succeeded")]);
  expect(said).toEqual([]);
  arrive();
  await ending;
  expect(said.map(({ text }) => text)).toEqual(["✅ done"]);
  expect(marks).toEqual(["working", "succeeded"]);
});

it("says under what it shows for whom it waits, for as long as it waits", async () => {
  const { replies, said } = testReplies();
  const shown: (string | undefined)[] = [];
  const doings: (string | undefined)[] = [];
  const note = ({ text, doing }: Reply) => {
    shown.push(text);
    doings.push(doing?.tool);
  };
  const status = createStatusMessage(command, {
    replies: {
      ...replies,
      post: async (of, reply, again) => {
        note(reply);
        return replies.post(of, reply, again);
      },
      edit: async (of, id, reply) => {
        note(reply);
        return replies.edit(of, id, reply);
      },
    },
    effect,
    remember: async () => undefined,
    reach: async () => undefined,
  });
  // Nobody is following yet.
  status.showWait({ effect: "admit", reply: "D1 is away." });
  await status.show("start", { text: "⚙️ Working…", doing: { stage: "working" } });
  status.showWait({ effect: "admit", reply: undefined });
  status.showWait({ effect: "look up issue", reply: "Linear does not answer." });
  status.showWait({ effect: "look up issue", reply: undefined });
  await status.lastWord({ text: "✅ done" });
  expect(shown).toEqual([
    "⚙️ Working…",
    "⚙️ Working…",
    "⚙️ Working…\n⏳ Linear does not answer. I keep trying.",
    "⚙️ Working…",
    "✅ done",
  ]);
  // Where a message is streamed, only what it does is seen.
  expect(doings[2]).toBe("⏳ Linear does not answer. I keep trying.");
  expect(said).toHaveLength(1);
});
