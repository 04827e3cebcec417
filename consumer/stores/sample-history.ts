import type { Command } from "../../shared/command.ts";
import { conversationId } from "../../shared/conversation.ts";

/** A command in a channel of Discord where everything is asked with slash commands: all of it is one conversation. */
export const sampleCommand: Command = {
  v: 1,
  id: "sample",
  name: "fix",
  text: "it",
  conversation: { platform: "discord", guildId: "7", channelId: "77" },
  author: { id: "U1" },
  references: {},
  receivedAt: 1_800_000_000_000,
};
export const sampleConversation = conversationId(sampleCommand.conversation);
