import * as z from "zod/mini";

/** Where a command was written, in the platform's own ids. */
export const conversationSchema = z.discriminatedUnion("platform", [
  z.object({
    platform: z.literal("slack"),
    teamId: z.string(),
    channelId: z.string(),
    /** `ts` of the thread's first message; a slash command has none until its answer is posted. */
    threadId: z.optional(z.string()),
    /** `ts` of the message that holds the command. */
    messageId: z.optional(z.string()),
    /** Where a slash command's answers for the asker's eyes go, for half an hour. */
    responseUrl: z.optional(z.string()),
  }),
  z.object({
    platform: z.literal("discord"),
    guildId: z.string(),
    channelId: z.string(),
    threadId: z.optional(z.string()),
    messageId: z.optional(z.string()),
    interaction: z.optional(z.object({ applicationId: z.string(), token: z.string(), expiresAt: z.number() })),
  }),
]);
export type Conversation = z.infer<typeof conversationSchema>;

/** The id of a conversation in D1: the same for every message of one thread. */
export function conversationId(conversation: Conversation): string {
  switch (conversation.platform) {
    case "slack":
      return `slack:${conversation.teamId}:${conversation.channelId}:${conversation.threadId ?? conversation.messageId ?? ""}`;
    case "discord":
      return `discord:${conversation.guildId}:${conversation.threadId ?? conversation.channelId}`;
    default:
      return conversation satisfies never;
  }
}

/** The key in `BUGBOT_KV` that maps a thread to its Linear issue. */
export function threadKey(conversation: Conversation): string {
  switch (conversation.platform) {
    case "slack":
      return `slack:${conversation.channelId}:${conversation.threadId ?? conversation.messageId ?? ""}`;
    case "discord":
      return `discord:${conversation.threadId ?? conversation.channelId}`;
    default:
      return conversation satisfies never;
  }
}

/** The guild of all direct messages on Discord. */
export const directMessages = "@me";

/**
 * What the ids of all conversations begin with that may be looked at and decided from this one: its workspace's. Direct
 * messages on Discord are each other's business no more than workspaces are.
 */
export function scopeOf(conversation: Conversation): string {
  const isDirect = conversation.platform === "discord" && conversation.guildId === directMessages;
  return isDirect ? conversationId(conversation) : `${conversation.platform}:${workspaceId(conversation)}:`;
}

/** The workspace an operator allows: a Slack team id or a Discord guild id. */
export function workspaceId(conversation: Conversation): string {
  return conversation.platform === "slack" ? conversation.teamId : conversation.guildId;
}
