import * as z from "zod/mini";
import type { AttachedFile } from "./command.ts";
import { discordTime } from "./message-time.ts";

/** What a message on Discord says, wherever its author put it: alerts are mostly embeds. */

const words = z.nullish(z.string());
const saysSchema = z.object({
  content: words,
  embeds: z.nullish(
    z.array(
      z.object({
        title: words,
        url: words,
        description: words,
        fields: z.nullish(z.array(z.object({ name: words, value: words }))),
      }),
    ),
  ),
  attachments: z.nullish(z.array(z.object({ filename: words, url: words }))),
  timestamp: words,
});

/** Only what is read of https://discord.com/developers/docs/resources/message#message-object. */
export const discordMessageSchema = z.extend(saysSchema, {
  author: z.object({
    id: z.string(),
    username: z.string(),
    global_name: z.nullish(z.string()),
    bot: z.nullish(z.boolean()),
  }),
  webhook_id: words,
  /** What a forwarded message says; the message itself is empty then. */
  message_snapshots: z.nullish(z.array(z.object({ message: saysSchema }))),
});
export type DiscordMessage = z.infer<typeof discordMessageSchema>;

/** A message holds no more; https://discord.com/developers/docs/resources/message#create-message. */
const maxFiles = 10;
const maxUrlLength = 2_000;

/** As Discord shows them. */
export function discordAuthor({ author }: DiscordMessage): string {
  return author.global_name ?? author.username;
}

/** Another app's message, or a webhook's. */
export function isDiscordBot({ author, webhook_id: webhook }: DiscordMessage): boolean {
  return author.bot === true || Boolean(webhook);
}

/** Its words as plain text: a link's preview is among them only where `embeds` is asked for. */
export function discordWords(message: DiscordMessage, { embeds }: { embeds: boolean }): string {
  const lines = partsOf(message).flatMap((part) => [part.content, ...(embeds ? embeddedWords(part) : [])]);
  return lines.filter((line) => line).join("\n");
}

/** When it was written, or what it forwards: in ms since the epoch. */
export function discordWrittenAt(message: DiscordMessage, id: string): number | undefined {
  return discordForwardedAt(message) ?? discordTime(id);
}

/** When the message that it forwards was written; undefined where it forwards none. */
export function discordForwardedAt({ message_snapshots: snapshots }: DiscordMessage): number | undefined {
  const at = Date.parse(snapshots?.[0]?.message.timestamp ?? "");
  return Number.isNaN(at) ? undefined : at;
}

/** What is attached to it. */
export function discordFiles(message: DiscordMessage): AttachedFile[] {
  const given = partsOf(message).flatMap(({ attachments }) => attachments ?? []);
  return given.slice(0, maxFiles).flatMap(({ filename, url }) => {
    if (!filename) return [];
    return [{ name: filename, ...(url && url.length <= maxUrlLength && URL.canParse(url) && { url }) }];
  });
}

function partsOf(message: DiscordMessage): z.infer<typeof saysSchema>[] {
  return [message, ...(message.message_snapshots ?? []).map((snapshot) => snapshot.message)];
}

function embeddedWords({ embeds }: z.infer<typeof saysSchema>): (string | null | undefined)[] {
  return (embeds ?? []).flatMap(({ title, url, description, fields }) => [
    title,
    url,
    description,
    ...(fields ?? []).map(({ name, value }) => [name, value].filter((part) => part).join(": ")),
  ]);
}
