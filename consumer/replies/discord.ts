import * as z from "zod/mini";
import type { Command } from "../../shared/command.ts";
import { Failure } from "../../shared/failure.ts";
import { discordEditMs } from "../../shared/limits.ts";
import { addressExpired, messageGone } from "../gone.ts";
import { createDiscordClient, type DiscordOptions } from "../clients/discord.ts";
import { stableKey } from "../stable-id.ts";
import { discordConversation, readEarlier } from "./discord-thread.ts";
import { drawBeginning, drawReply, type DrawnMessage } from "./discord-message.ts";
import { fileNameFor, type TextFile } from "./lay-out.ts";
import type { Mark, Replies, Reply } from "./reply.ts";

const emoji: Record<Mark, string | undefined> = {
  working: "⚙️",
  working_again: "⚙️",
  succeeded: "✅",
  failed: "❌",
  timed_out: "⏳",
  stopped: undefined,
  answered: undefined,
};
/** Every mark there is; 👀 is the gateway's. */
const marks = ["👀", "⚙️", "✅", "❌", "⏳"];

/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#json */
const codes = { unknownMessage: 10008, unknownEmoji: 10014, threadExists: 160004 };
const threadTypes = new Set([10, 11, 12]);
const directTypes = new Set([1, 3]);
/** How long before its end an interaction's token is no longer used: a request takes its time. */
const tokenMarginMs = 30_000;

/** Why an interaction's own message cannot be changed with its token. */
const noOriginal = new Set(["discord_refused", messageGone().code]);

const messageSchema = z.object({ id: z.string() });
const anything = z.unknown();

export function createDiscordReplies(options: DiscordOptions & { now: () => number }): Replies {
  const request = createDiscordClient(options);
  const { now } = options;
  /** When a status message was last edited, by its id. */
  const editedAt = new Map<string, number>();

  return {
    async open(command) {
      const conversation = discordConversation(command);
      const { channelId, threadId } = conversation;
      if (threadId !== undefined) return conversation;
      const channel = await request("GET", `/channels/${channelId}`, z.object({ type: z.number() }));
      if (channel && threadTypes.has(channel.type)) return { ...conversation, threadId: channelId };
      if (channel && directTypes.has(channel.type)) return conversation;
      // A message's thread has the message's id: made twice, it is the same.
      const messageId = conversation.messageId ?? (await editOriginal(command, firstOf({ text: "⚙️ …" })))?.id;
      if (messageId === undefined) return conversation;
      await request("POST", `/channels/${channelId}/messages/${messageId}/threads`, anything, {
        body: { name: threadName(command), auto_archive_duration: 1440 },
        done: [codes.threadExists],
      });
      return { ...conversation, messageId, threadId: messageId };
    },

    async post(command, reply) {
      const message = await write(command, reply, async (first, file) => {
        const original = await editOriginal(command, first, file);
        if (!original && command.forAsker) throw addressExpired();
        return original ?? (await send(command, placeOf(command), first, "status", file));
      });
      return message?.id ?? "";
    },

    async edit(command, messageId, reply) {
      // A stage that is passed over is made up for by the next one, at the latest by the last word.
      if (reply.doing && now() - (editedAt.get(messageId) ?? 0) < discordEditMs) return messageId;
      editedAt.set(messageId, now());
      const place = placeOf(command);
      const change = (id: string, body: DrawnMessage, file?: TextFile) =>
        request("PATCH", `/channels/${place}/messages/${id}`, messageSchema, {
          body,
          file,
          done: [codes.unknownMessage],
        });
      const message = await write(command, reply, async (body, file) => {
        const changed = (await editOriginal(command, body, file)) ?? (await change(messageId, body, file));
        if (changed) return changed;
        // Somebody deleted it.
        if (reply.doing) throw messageGone();
        if (command.forAsker) throw addressExpired();
        const anew = await send(command, place, body, "anew", file);
        // What an earlier attempt posted may say something else.
        return anew && change(anew.id, body, file);
      });
      return message?.id ?? messageId;
    },

    async mark(command, mark) {
      const { channelId, messageId, interaction } = discordConversation(command);
      // An interaction's own message says it all; a person's message is marked.
      if (messageId === undefined || interaction !== undefined) return;
      const path = `/channels/${channelId}/messages/${messageId}`;
      const message = await request("GET", path, markedSchema, { done: [codes.unknownMessage] });
      if (!message) return;
      // Discord lets few reactions through at a time: an attempt goes on where the last one had to stop.
      const isThere = (name: string) =>
        message.reactions?.some(({ me, emoji: { name: shown } }) => me && isSame(shown, name));
      const name = emoji[mark];
      const react = (method: "PUT" | "DELETE", which: string) =>
        request(method, `${path}/reactions/${encodeURIComponent(which)}/@me`, anything, {
          done: [codes.unknownMessage, codes.unknownEmoji],
        });
      if (name && !isThere(name)) await react("PUT", name);
      for (const earlier of marks) if (earlier !== name && isThere(earlier)) await react("DELETE", earlier);
    },

    async threadLink(command) {
      const { guildId, channelId, threadId } = discordConversation(command);
      return `https://discord.com/channels/${guildId}/${threadId ?? channelId}`;
    },

    earlier: (command) => readEarlier(request, command),
  };

  /** `<application>/<token>` while the interaction can still be answered. */
  function openToken(command: Command): string | undefined {
    const { interaction } = discordConversation(command);
    if (!interaction || now() > interaction.expiresAt - tokenMarginMs) return undefined;
    return `${interaction.applicationId}/${interaction.token}`;
  }

  /** The interaction's own message, while its token is good; undefined when the bot's token has to do. */
  async function editOriginal(command: Command, body: DrawnMessage, file?: TextFile) {
    const token = openToken(command);
    if (!token) return undefined;
    try {
      return await request("PATCH", `/webhooks/${token}/messages/@original`, messageSchema, { body, file });
    } catch (error) {
      // Clocks differ: Discord may call a token old that we think is good. And somebody may have deleted the message.
      if (error instanceof Failure && noOriginal.has(error.code)) return undefined;
      throw error;
    }
  }

  async function send(command: Command, channelId: string, message: DrawnMessage, role: string, file?: TextFile) {
    const nonce = await stableKey(`${command.id} ${role}`);
    return request("POST", `/channels/${channelId}/messages`, messageSchema, {
      body: { ...message, nonce, enforce_nonce: true },
      file,
    });
  }

  /** Says it in one message, the first; what does not fit follows in others, or all of it in a file. */
  async function write(
    command: Command,
    reply: Reply,
    say: (message: DrawnMessage, file?: TextFile) => Promise<z.infer<typeof messageSchema> | undefined>,
  ) {
    const long = drawBeginning(reply);
    if (long) {
      try {
        return await say(long.message, { name: fileNameFor(command), content: long.whole });
      } catch (error) {
        // It takes no file here: it may not, or the file is too large.
        if (!(error instanceof Failure) || error.retry || error.code === addressExpired().code) throw error;
      }
    }
    const [, ...more] = drawReply(reply);
    const message = await say(firstOf(reply));
    await sendMore(command, more);
    return message;
  }

  /** What did not fit goes to the thread, where there is one. */
  async function sendMore(command: Command, messages: readonly DrawnMessage[]): Promise<void> {
    const { channelId, threadId = channelId } = discordConversation(command);
    for (const [at, message] of messages.entries()) await send(command, threadId, message, `more ${at}`);
  }
}

function firstOf(reply: Reply): DrawnMessage {
  const [first] = drawReply(reply);
  if (!first) throw new TypeError("a reply without words");
  return first;
}

const markedSchema = z.object({
  reactions: z.nullish(z.array(z.object({ me: z.boolean(), emoji: z.object({ name: z.nullable(z.string()) }) }))),
});

/** Whether two emoji are one, however it is told that they are no text. */
function isSame(one: string | null, other: string): boolean {
  return one?.replaceAll("\uFE0F", "") === other.replaceAll("\uFE0F", "");
}

/** Where messages about the command go: its thread, else its channel. An interaction's own message stays in the channel. */
function placeOf(command: Command): string {
  const { channelId, threadId, interaction } = discordConversation(command);
  return interaction ? channelId : (threadId ?? channelId);
}

function threadName({ name, text, report }: Command): string {
  return (
    `${name} ${report?.text ?? text}`
      .replace(/https?:\/\/\S+/g, "")
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, 90) || name
  );
}
