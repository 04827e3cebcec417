import * as z from "zod";

import { channelOf, messageOf } from "./channel-routes.ts";
import { DiscordError, formError, parseForm } from "./errors.ts";
import type { DiscordChannel, Guild } from "./guild.ts";
import type { DiscordMessage } from "./message.ts";
import { shownMessage } from "./message-answers.ts";
import { loadingFlag, readMessageForm } from "./message-form.ts";
import { noContent, type Route } from "./rest.ts";

/** "The past few minutes" in which a nonce counts. https://discord.com/developers/docs/resources/message#create-message */
const nonceWindowMs = 5 * 60 * 1000;

const replyType = 19;

const createSchema = z.object({
  nonce: z.union([z.int(), z.string()]).nullish(),
  enforce_nonce: z.boolean().nullish(),
  message_reference: z
    .object({
      type: z.int().optional(),
      message_id: z.string(),
      channel_id: z.string().optional(),
      guild_id: z.string().optional(),
      fail_if_not_exists: z.boolean().default(true),
    })
    .nullish(),
  allowed_mentions: z.object({ replied_user: z.boolean().nullish() }).nullish(),
});
type Reference = NonNullable<z.infer<typeof createSchema>["message_reference"]>;

/** Writing as the bot. https://discord.com/developers/docs/resources/message */
export function createMessageRoutes(guild: Guild): Route[] {
  const nonces = new Map<string, { message: DiscordMessage; at: number }>();

  function earlierWith(nonce: string): DiscordMessage | undefined {
    const known = nonces.get(nonce);
    return known && guild.now() - known.at < nonceWindowMs ? known.message : undefined;
  }

  function repliedTo(channel: DiscordChannel, reference: Reference): DiscordMessage | undefined {
    const isHere = reference.channel_id === undefined || reference.channel_id === channel.id;
    const found = isHere ? channel.messages.find(({ id }) => id === reference.message_id) : undefined;
    if (!found && reference.fail_if_not_exists)
      throw formError(["message_reference"], "REPLIES_UNKNOWN_MESSAGE", "Unknown message");
    return found;
  }

  return [
    {
      operation: "create_message",
      pattern: "POST /channels/*/messages",
      auth: "bot",
      handle: ({ body }, channelId = "") => {
        const channel = channelOf(guild, channelId, "write");
        const content = readMessageForm(body, guild);
        const form = parseForm(createSchema, body);
        const { nonce, enforce_nonce: enforced, message_reference: reference } = form;
        if (typeof nonce === "string" && nonce.length > 25)
          throw formError(["nonce"], "NONCE_TYPE_TOO_LONG", "Must be 25 or fewer in length.");
        const key = nonce === undefined || nonce === null ? undefined : String(nonce);
        const answer = (message: DiscordMessage) =>
          Response.json({ ...shownMessage(message, guild), ...(key !== undefined && { nonce }) });
        const earlier = enforced && key !== undefined ? earlierWith(key) : undefined;
        if (earlier) return answer(earlier);
        const replied = reference ? repliedTo(channel, reference) : undefined;
        const pings = replied && (form.allowed_mentions?.replied_user ?? !form.allowed_mentions);
        const message = guild.post(channel, {
          ...content,
          authorId: guild.bot.id,
          ...(replied && { type: replyType, repliesTo: { channelId, messageId: replied.id } }),
          ...(pings && { mentionIds: [...new Set([...content.mentionIds, replied.authorId])] }),
        });
        if (key !== undefined) nonces.set(key, { message, at: guild.now() });
        return answer(message);
      },
    },
    {
      operation: "update_message",
      pattern: "PATCH /channels/*/messages/*",
      auth: "bot",
      handle: ({ body }, channelId = "", messageId = "") => {
        const message = messageOf(guild, channelOf(guild, channelId, "read"), messageId);
        if (message.authorId !== guild.bot.id) throw new DiscordError("foreign_message");
        return Response.json(shownMessage(editMessage(guild, message, body), guild));
      },
    },
    {
      operation: "delete_message",
      pattern: "DELETE /channels/*/messages/*",
      auth: "bot",
      handle: (_, channelId = "", messageId = "") => {
        const message = messageOf(guild, channelOf(guild, channelId, "read"), messageId);
        if (message.authorId !== guild.bot.id) throw new DiscordError("missing_permissions");
        guild.remove(message);
        return noContent();
      },
    },
  ];
}

/** The message as a body changes it; what was loading until now has not been edited as people see it. */
export function editMessage(guild: Guild, message: DiscordMessage, body: unknown): DiscordMessage {
  const content = readMessageForm(body, guild, { edited: message });
  const wasLoading = (message.flags & loadingFlag) !== 0;
  return guild.update(message, { ...content, editedAt: guild.now() }, wasLoading ? undefined : message.content);
}
