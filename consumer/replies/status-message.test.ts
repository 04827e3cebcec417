import { expect, it } from "vitest";
import type { Command } from "../../shared/command.ts";
import type { Effect } from "../effect.ts";
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
