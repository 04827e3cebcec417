import * as z from "zod";
import { shownChannel } from "./channel-answers.ts";
import { DiscordError, formError, parseForm } from "./errors.ts";
import { type DiscordChannel, type Guild, people } from "./guild.ts";
import type { DiscordMessage } from "./message.ts";
import { mayRead, shownMessage } from "./message-answers.ts";
import { hasThreadFlag } from "./message-form.ts";
import { noContent, type Route } from "./rest.ts";

const pageSchema = z.object({ limit: z.coerce.number().pipe(z.int().min(1).max(100)).default(50) });
const threadSchema = z.object({
  name: z.string().min(1).max(100),
  auto_archive_duration: z.literal([60, 1440, 4320, 10_080]).optional(),
});

/** The channel a call names, if the bot may do that there. */
export function channelOf(guild: Guild, id: string, wish: "read" | "write"): DiscordChannel {
  const known = guild.channels.get(id);
  if (!known && !(guild.acceptUnknown && /^\d+$/.test(id))) throw new DiscordError("unknown_channel");
  const channel = known ?? guild.addChannel({ id, name: `channel-${id}` });
  const { botMay } = guild.channels.get(channel.parentId ?? id) ?? channel;
  if (botMay === "nothing") throw new DiscordError("missing_access");
  if (wish === "write" && botMay === "read") throw new DiscordError("missing_permissions");
  return channel;
}

export function messageOf(guild: Guild, channel: DiscordChannel, id: string): DiscordMessage {
  const message = channel.messages.find((each) => each.id === id && each.ephemeralTo === undefined);
  if (message) return message;
  if (!guild.acceptUnknown || !/^\d+$/.test(id)) throw new DiscordError("unknown_message");
  return guild.post(channel, { id, authorId: people.alice.id, content: "(not seen by the stand-in)" });
}

/** A thread that begins at a message, with the message that points back to it. */
export function startThread(guild: Guild, message: DiscordMessage, name: string, ownerId: string): DiscordChannel {
  const parent = guild.channels.get(message.channelId);
  if (parent?.type !== 0) throw new DiscordError("wrong_channel_type");
  if (message.threadId !== undefined) throw new DiscordError("thread_exists");
  const { channelId, id } = message;
  const thread = guild.addChannel({ id, name, type: 11, parentId: channelId, ownerId });
  const repliesTo = { channelId, messageId: id };
  thread.messages.push({ ...message, id: guild.nextId(), channelId: id, type: 21, content: "", embeds: [] });
  Object.assign(thread.messages[0] ?? {}, { repliesTo, components: [], attachments: [], reactions: [], edits: [] });
  guild.emit({ type: "THREAD_CREATE", channel: thread });
  guild.update(message, { threadId: thread.id, flags: message.flags | hasThreadFlag });
  return thread;
}

/** What is done in channels but writing. https://discord.com/developers/docs/resources/channel */
export function createChannelRoutes(guild: Guild): Route[] {
  const shown = (message: DiscordMessage) => shownMessage(message, guild, { readable: mayRead(message, guild) });

  function page(messages: DiscordMessage[], query: URLSearchParams): DiscordMessage[] {
    const { limit } = parseForm(pageSchema, Object.fromEntries(query));
    const [around, before, after] = ["around", "before", "after"].map((name) => snowflakeOf(query, name));
    const newestFirst = messages.toSorted((one, other) => (BigInt(one.id) < BigInt(other.id) ? 1 : -1));
    const older = (than: bigint) => newestFirst.filter(({ id }) => BigInt(id) < than);
    const newer = (than: bigint) => newestFirst.filter(({ id }) => BigInt(id) > than);
    if (around !== undefined) {
      const half = Math.floor(limit / 2);
      const exact = newestFirst.filter(({ id }) => BigInt(id) === around);
      return [...newer(around).slice(-half), ...exact, ...older(around).slice(0, half)].slice(0, limit);
    }
    if (before !== undefined) return older(before).slice(0, limit);
    if (after !== undefined) return newer(after).slice(-limit);
    return newestFirst.slice(0, limit);
  }

  function reactionTo(channelId: string, messageId: string, emoji: string) {
    // A guild's own emoji would be name:id; this guild has none.
    if (!/^\p{RGI_Emoji}$/v.test(emoji) && !/^\p{Emoji}$/u.test(emoji)) throw new DiscordError("unknown_emoji");
    const message = messageOf(guild, channelOf(guild, channelId, "write"), messageId);
    return { message, reaction: message.reactions.find((each) => each.emoji === emoji) };
  }

  const routes: Omit<Route, "auth">[] = [
    {
      operation: "get_channel",
      pattern: "GET /channels/*",
      handle: (_, channelId) => Response.json(shownChannel(channelOf(guild, channelId ?? "", "read"), guild)),
    },
    {
      operation: "list_messages",
      pattern: "GET /channels/*/messages",
      handle: ({ query }, channelId = "") => {
        const { messages } = channelOf(guild, channelId, "read");
        const visible = messages.filter(({ ephemeralTo }) => ephemeralTo === undefined);
        return Response.json(page(visible, query).map(shown));
      },
    },
    {
      operation: "get_message",
      pattern: "GET /channels/*/messages/*",
      handle: (_, channelId = "", messageId = "") =>
        Response.json(shown(messageOf(guild, channelOf(guild, channelId, "read"), messageId))),
    },
    {
      operation: "add_my_message_reaction",
      pattern: "PUT /channels/*/messages/*/reactions/*/@me",
      handle: (_, channelId = "", messageId = "", emoji = "") => {
        const { message, reaction } = reactionTo(channelId, messageId, emoji);
        if (!reaction) message.reactions.push({ emoji, userIds: [guild.bot.id] });
        else if (!reaction.userIds.includes(guild.bot.id)) reaction.userIds.push(guild.bot.id);
        return noContent();
      },
    },
    {
      operation: "delete_my_message_reaction",
      pattern: "DELETE /channels/*/messages/*/reactions/*/@me",
      handle: (_, channelId = "", messageId = "", emoji = "") => {
        const { message, reaction } = reactionTo(channelId, messageId, emoji);
        if (reaction) reaction.userIds = reaction.userIds.filter((id) => id !== guild.bot.id);
        message.reactions = message.reactions.filter(({ userIds }) => userIds.length > 0);
        return noContent();
      },
    },
    {
      operation: "create_thread_from_message",
      pattern: "POST /channels/*/messages/*/threads",
      handle: ({ body }, channelId = "", messageId = "") => {
        const { name } = parseForm(threadSchema, body ?? {});
        const message = messageOf(guild, channelOf(guild, channelId, "write"), messageId);
        return Response.json(shownChannel(startThread(guild, message, name, guild.bot.id), guild), { status: 201 });
      },
    },
    {
      operation: "trigger_typing_indicator",
      pattern: "POST /channels/*/typing",
      handle: (_, channelId = "") => (channelOf(guild, channelId, "write"), noContent()),
    },
  ];
  return routes.map((route) => ({ ...route, auth: "bot" }));
}

function snowflakeOf(query: URLSearchParams, name: string): bigint | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  if (/^\d{1,20}$/.test(value)) return BigInt(value);
  throw formError([name], "NUMBER_TYPE_COERCE", `Value "${value}" is not snowflake.`);
}
