import * as z from "zod/mini";
import type { Command } from "../../shared/command.ts";
import { directMessages } from "../../shared/conversation.ts";
import { signatureWindowSeconds } from "../../shared/limits.ts";
import { discordTime } from "../../shared/message-time.ts";
import { ephemeral } from "./answers.ts";

/** A snowflake; whatever it is, it is safe in a path, a key and a command's id. */
export const idSchema = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/));

export const userSchema = z.object({
  id: idSchema,
  username: z.string(),
  global_name: z.nullish(z.string()),
  bot: z.nullish(z.boolean()),
});

/** Only what is read of https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object. */
export const interactionSchema = z.object({
  id: idSchema,
  application_id: idSchema,
  type: z.number(),
  token: z.string().check(z.minLength(1)),
  /** Absent in direct messages. */
  guild_id: z.nullish(idSchema),
  channel: z.nullish(z.object({ id: idSchema, type: z.number() })),
  channel_id: z.nullish(idSchema),
  /** The message under which a button was pressed. */
  message: z.nullish(z.object({ id: idSchema, flags: z.nullish(z.number()) })),
  /** Who did it: in a guild a member, elsewhere a user. */
  member: z.nullish(z.object({ user: userSchema })),
  user: z.nullish(userSchema),
  data: z.optional(z.unknown()),
});

export interface Interaction {
  id: string;
  type: number;
  user: z.infer<typeof userSchema>;
  conversation: Extract<Command["conversation"], { platform: "discord" }>;
  data: unknown;
  /** It happened under a message that only this user sees. */
  isPrivate: boolean;
  /** Milliseconds since the epoch. */
  receivedAt: number;
}

const threadTypes = new Set([10, 11, 12]);
/** https://discord.com/developers/docs/resources/message#message-object-message-flags */
const hasThread = 1 << 5;
/** https://discord.com/developers/docs/interactions/receiving-and-responding#followup-messages */
const tokenLifeMs = 15 * 60_000;

/** Nothing where nobody did it, or nowhere. In a thread Discord's channel id is the thread's own. */
export function readInteraction(raw: z.infer<typeof interactionSchema>, nowMs: number): Interaction | undefined {
  const user = raw.member?.user ?? raw.user;
  const channelId = raw.channel?.id ?? raw.channel_id;
  if (!user || !channelId) return undefined;
  const threadId = threadOf(raw, channelId);
  return {
    id: raw.id,
    type: raw.type,
    user,
    conversation: {
      platform: "discord",
      guildId: raw.guild_id ?? directMessages,
      channelId,
      ...(threadId !== undefined && { threadId }),
      interaction: {
        applicationId: raw.application_id,
        token: raw.token,
        expiresAt: createdAt(raw.id, nowMs) + tokenLifeMs,
      },
    },
    data: raw.data,
    isPrivate: ((raw.message?.flags ?? 0) & ephemeral) !== 0,
    receivedAt: nowMs,
  };
}

/** The thread it happened in, or the one that began at the message it happened under: that thread has the message's id. */
function threadOf({ channel, message }: z.infer<typeof interactionSchema>, channelId: string): string | undefined {
  if (channel && threadTypes.has(channel.type)) return channelId;
  return message && ((message.flags ?? 0) & hasThread) !== 0 ? message.id : undefined;
}

/** The time in the id; an interaction is delivered at once, so an id from another time holds none. */
function createdAt(id: string, nowMs: number): number {
  const createdMs = discordTime(id) ?? nowMs;
  return Math.abs(createdMs - nowMs) <= signatureWindowSeconds * 1000 ? createdMs : nowMs;
}

type Asked = Pick<Command, "name" | "text" | "references" | "report" | "reportedAt" | "files" | "forAsker"> & {
  messageId?: string;
};

/** The command an interaction asks for. Discord's id makes it the same one however often it is delivered. */
export function commandFrom(interaction: Interaction, { messageId, ...asked }: Asked): Command {
  const { id, user, conversation, receivedAt } = interaction;
  return {
    v: 1,
    id: `discord-${id}`,
    ...asked,
    conversation: { ...conversation, ...(messageId && { messageId }) },
    author: { id: user.id, name: user.global_name ?? user.username },
    receivedAt,
  };
}
