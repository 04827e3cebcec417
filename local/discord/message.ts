import type { Component } from "./components.ts";
import type { Embed } from "./message-form.ts";

export interface DiscordAttachment {
  id: string;
  filename: string;
  contentType: string;
  sizeBytes: number;
  url: string;
  /** Set where the bot uploaded it. */
  content?: string;
}

/** The interaction a message answers. */
export interface MessageInteraction {
  id: string;
  type: number;
  userId: string;
  name?: string | undefined;
  messageId?: string | undefined;
  targetId?: string | undefined;
  triggeredBy?: MessageInteraction | undefined;
}

export interface DiscordMessage {
  id: string;
  channelId: string;
  authorId: string;
  type: number;
  content: string;
  embeds: Embed[];
  components: Component[];
  attachments: DiscordAttachment[];
  flags: number;
  mentionIds: string[];
  mentionRoleIds: string[];
  mentionEveryone: boolean;
  /** Milliseconds since the epoch. */
  createdAt: number;
  editedAt?: number;
  /** What the message said before, oldest first. */
  edits: string[];
  reactions: { emoji: string; userIds: string[] }[];
  repliesTo?: { channelId: string; messageId: string };
  threadId?: string;
  interaction?: MessageInteraction;
  /** Set when only this user sees it. */
  ephemeralTo?: string;
}
