import { it } from "vitest";
import { type Conversation, conversationId, scopeOf } from "./conversation.ts";

it.for<[Conversation, string]>([
  [{ platform: "slack", teamId: "T1", channelId: "C1", threadId: "1.1" }, "slack:T1:"],
  [{ platform: "discord", guildId: "7", channelId: "8", threadId: "9" }, "discord:7:"],
  [{ platform: "discord", guildId: "@me", channelId: "8" }, "discord:@me:8"],
])("may look at its workspace, and from a direct message on Discord at that alone: %o", ([from, scope], { expect }) => {
  expect(scopeOf(from)).toBe(scope);
  expect(conversationId(from).startsWith(scope)).toBe(true);
});
