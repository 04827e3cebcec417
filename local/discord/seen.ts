import { userOf } from "./channel-answers.ts";
import { buttonsOf, type SeenButton, wordsOf } from "./components.ts";
import type { Guild } from "./guild.ts";
import type { DiscordMessage } from "./message.ts";
import { type Embed, loadingFlag } from "./message-form.ts";

/** One message of a channel as a person sees it. */
export interface SeenMessage {
  id: string;
  author: string;
  /** What it says, then what its embeds say. */
  text: string;
  /** "👀", once per person who reacted. */
  reactions: string[];
  buttons: SeenButton[];
  edits: number;
  files?: { name: string; content: string }[];
}

/** A channel or a thread as everyone in it sees it, or as one of them does: what is ephemeral, only they see. */
export function seenMessages(guild: Guild, channelId: string, { as }: { as?: string } = {}): SeenMessage[] {
  const messages = guild.channels.get(channelId)?.messages ?? [];
  return messages
    .filter(({ type, ephemeralTo }) => type !== 21 && (ephemeralTo === undefined || ephemeralTo === as))
    .map((message) => seen(guild, message));
}

/** A thread with the message it began at first. */
export function seenThread(guild: Guild, threadId: string, options: { as?: string } = {}): SeenMessage[] {
  const starter = guild.channels.get(threadId)?.type === 11 ? guild.findMessage(threadId) : undefined;
  return [...(starter ? [seen(guild, starter)] : []), ...seenMessages(guild, threadId, options)];
}

function seen(guild: Guild, message: DiscordMessage): SeenMessage {
  const { id, authorId, content, embeds, components, attachments, flags, reactions, edits } = message;
  const files = attachments.flatMap((one) =>
    one.content === undefined ? [] : [{ name: one.filename, content: one.content }],
  );
  const isLoading = (flags & loadingFlag) !== 0;
  const author = userOf(guild, authorId).username;
  const words = [content, ...embeds.flatMap(embedWords), ...wordsOf(components)].filter((part) => part !== "");
  return {
    id,
    author,
    text: isLoading ? `${author} is thinking…` : words.join("\n"),
    reactions: reactions.flatMap(({ emoji, userIds }) => userIds.map(() => emoji)),
    buttons: buttonsOf(components),
    edits: edits.length,
    ...(files.length > 0 && { files }),
  };
}

function embedWords({ author, title, description, fields, footer }: Embed): string[] {
  const table = (fields ?? []).map(({ name, value }) => `${name}: ${value}`);
  return [author?.name ?? "", title ?? "", description ?? "", ...table, footer?.text ?? ""];
}
