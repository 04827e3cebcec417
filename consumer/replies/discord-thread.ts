import * as z from "zod/mini";
import type { Command } from "../../shared/command.ts";
import {
  discordAuthor,
  discordFiles,
  discordMessageSchema,
  discordWords,
  discordWrittenAt,
  isDiscordBot,
} from "../../shared/discord-message.ts";
import { Failure } from "../../shared/failure.ts";
import { earlierMessages } from "../../shared/limits.ts";
import type { DiscordRequest } from "../clients/discord.ts";
import { titleOf } from "../report/title.ts";
import type { Said } from "./reply.ts";

const shownSchema = z.extend(discordMessageSchema, { id: z.string(), type: z.number() });
const messageSchema = z.extend(shownSchema, {
  /** What it replies to, or where its thread began. */
  referenced_message: z.nullish(shownSchema),
});
type Shown = z.infer<typeof shownSchema>;

/** https://discord.com/developers/docs/resources/message#message-object-message-types */
const threadStarter = 21;
/** What people and apps write; the others are Discord's own notices. */
const spokenTypes = new Set([0, 19, 20, 23]);
const unknownMessage = 10008;

/** What was said before the command: in its thread, and in the message it replies to. */
export async function readEarlier(request: DiscordRequest, command: Command): Promise<Said[]> {
  const { channelId, threadId, messageId, interaction } = discordConversation(command);
  const inThread = threadId === undefined ? [] : await readThread(threadId);
  // A mention in a channel has its thread begun, not written, at it.
  const asked =
    messageId === undefined || interaction
      ? undefined
      : (inThread.find(({ id }) => id === messageId) ??
        (await request("GET", `/channels/${channelId}/messages/${messageId}`, messageSchema, {
          done: [unknownMessage],
        })));
  const repliedTo = command.report ? undefined : asked?.referenced_message;

  const all = [...(repliedTo ? [repliedTo] : []), ...inThread.flatMap(spoken)];
  const others = [...new Map(all.map((message) => [message.id, message])).values()].filter(
    ({ id }) => id !== messageId,
  );
  const bugbot = others.some(isDiscordBot)
    ? await request("GET", "/users/@me", z.object({ id: z.string() }))
    : undefined;
  const strangers = others.filter(({ author }) => author.id !== bugbot?.id);
  const said = strangers.map(toSaid).filter(({ text, files }) => text !== "" || files !== undefined);
  const isMissed = command.report === undefined && titleOf(command.text) === undefined;
  if (said.length === 0 && strangers.length > 0 && isMissed) throw unreadable();
  return said;

  /** The thread's head, which is mostly the report, and the newest of the rest, oldest first. */
  async function readThread(id: string) {
    const path = `/channels/${id}/messages`;
    const newest = (await request("GET", `${path}?limit=${earlierMessages}`, z.array(messageSchema))) ?? [];
    const head =
      newest.length < earlierMessages ? [] : await request("GET", `${path}?after=0&limit=1`, z.array(messageSchema));
    return [...newest, ...(head ?? [])].toSorted((one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1));
  }
}

/** A thread begins with a message that stands for the one in the channel. */
function spoken(message: z.infer<typeof messageSchema>): Shown[] {
  if (message.type === threadStarter) return message.referenced_message ? [message.referenced_message] : [];
  return spokenTypes.has(message.type) ? [message] : [];
}

function toSaid(message: Shown): Said {
  const isBot = isDiscordBot(message);
  const files = discordFiles(message);
  const at = discordWrittenAt(message, message.id);
  return {
    author: discordAuthor(message),
    ...(at !== undefined && { at }),
    text: discordWords(message, { embeds: isBot }),
    ...(isBot && { isBot }),
    ...(files.length > 0 && { files }),
  };
}

/** https://discord.com/developers/docs/events/gateway#message-content-intent */
function unreadable(): Failure {
  return new Failure("discord_unreadable", {
    reply:
      "Discord shows me only messages that mention me. Use *Fix with bugbot* in the message's menu, or turn on *Message Content Intent* for my application.",
    retry: false,
  });
}

export function discordConversation({ conversation }: Command) {
  if (conversation.platform !== "discord") throw new TypeError(`not a Discord conversation: ${conversation.platform}`);
  return conversation;
}
