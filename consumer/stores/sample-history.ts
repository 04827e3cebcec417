import type { Command } from "../../shared/command.ts";
import { conversationId } from "../../shared/conversation.ts";

/** One command that is not in the history, in a thread that is. */
export const sampleCommand: Command = {
  v: 1,
  id: "sample",
  name: "fix",
  text: "it",
  conversation: { platform: "slack", teamId: "T0ACME", channelId: "C500", threadId: "500.0", messageId: "500.0" },
  author: { id: "U1" },
  references: {},
  receivedAt: 1,
};
export const sampleThread = conversationId(sampleCommand.conversation);
