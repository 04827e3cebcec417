import * as z from "zod/mini";
import type { Command } from "../../shared/command.ts";
import {
  discordAuthor,
  discordFiles,
  discordForwardedAt,
  type DiscordMessage,
  discordMessageSchema,
  discordWords,
  discordWrittenAt,
  isDiscordBot,
} from "../../shared/discord-message.ts";
import { directMessages } from "../../shared/conversation.ts";
import { parseWords } from "../../shared/grammar.ts";
import { maxTextLength } from "../../shared/limits.ts";
import { findReferences } from "../../shared/references/reference.ts";
import { idSchema } from "./interaction.ts";

/** Only what is read of https://docs.discord.com/developers/events/gateway-events#message-create. */
const messageSchema = z.extend(discordMessageSchema, {
  id: idSchema,
  type: z.optional(z.number()),
  channel_id: idSchema,
  channel_type: z.nullish(z.number()),
  /** Absent in direct messages. */
  guild_id: z.nullish(idSchema),
  content: z.string(),
  author: z.object({
    id: idSchema,
    username: z.string(),
    global_name: z.nullish(z.string()),
    bot: z.nullish(z.boolean()),
    system: z.nullish(z.boolean()),
  }),
  mentions: z.array(z.object({ id: z.string() })),
  /** The message this one replies to; null when it was deleted. */
  referenced_message: z.nullish(z.extend(discordMessageSchema, { id: idSchema })),
});

/** A message and a reply; the other types are Discord's own notices. */
const personalTypes = new Set([0, 19]);
const threadTypes = new Set([10, 11, 12]);

/**
 * A message by a person, or by a bot in `allowedBots`, that mentions the bot in its words, or any direct message, as a command; else undefined.
 * Discord gives such messages their content without the privileged intent
 * (https://docs.discord.com/developers/events/gateway#message-content-intent).
 */
export function parseMention(
  event: unknown,
  botUserId: string,
  nowMs: number,
  allowedBots: readonly string[] = [],
): Command | undefined {
  const parsed = messageSchema.safeParse(event);
  if (!parsed.success) return undefined;
  const { id, type = 0, channel_id: channelId, channel_type: channelType, guild_id: guildId } = parsed.data;
  const { content, author, mentions, referenced_message: repliedTo } = parsed.data;
  if (!personalTypes.has(type)) return undefined;
  if (author.system || author.id === botUserId) return undefined;
  // A webhook's author has the webhook's id.
  const isBot = isDiscordBot(parsed.data);
  if (isBot && !allowedBots.includes(author.id)) return undefined;

  const [mention] = new RegExp(`<@!?${botUserId}>`).exec(content) ?? [];
  // A mention in a code block is no mention, and an answer to the bot pings it without words: Discord's list and the words must agree.
  const mentioned = mention !== undefined && mentions.some((user) => user.id === botUserId);
  if (guildId && !mentioned) return undefined;

  const words = plainText(afterMention(content, mention)).slice(0, maxTextLength);
  const report = repliedTo && repliedTo.author.id !== botUserId ? reportOf(repliedTo) : undefined;
  const files = [...(report?.files ?? []), ...discordFiles(parsed.data)];
  return {
    v: 1,
    id: `discord-${id}`,
    ...parseWords(words),
    ...(report && { report: { text: report.text, author: report.author } }),
    reportedAt: report?.writtenAt ?? discordForwardedAt(parsed.data),
    ...(files.length > 0 && { files }),
    conversation: {
      platform: "discord",
      guildId: guildId ?? directMessages,
      channelId,
      ...(channelType && threadTypes.has(channelType) && { threadId: channelId }),
      messageId: id,
    },
    author: { id: author.id, name: author.global_name ?? author.username, ...(isBot && { bot: true }) },
    references: findReferences(words),
    receivedAt: nowMs,
  };
}

/**
 * The message a mention replies to, in its author's name. Nothing where Discord does not show it: that takes the application's
 * Message Content Intent, and the consumer looks again.
 */
function reportOf(message: DiscordMessage & { id: string }) {
  const text = plainText(discordWords(message, { embeds: isDiscordBot(message) })).slice(0, maxTextLength);
  const files = discordFiles(message);
  return text === "" && files.length === 0
    ? undefined
    : { text, files, author: discordAuthor(message), writtenAt: discordWrittenAt(message, message.id) };
}

/** What follows the bot's mention; what precedes it when nothing follows; all of it when there is none. */
function afterMention(content: string, mention: string | undefined): string {
  if (mention === undefined) return content;
  const at = content.indexOf(mention);
  return content.slice(at + mention.length).trim() || content.slice(0, at);
}

/** Links without the brackets that hide their preview. */
function plainText(text: string): string {
  return text.replace(/<(https?:\/\/[^<>\s]{1,4000})>/g, "$1");
}
