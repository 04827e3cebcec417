import * as z from "zod/mini";
import { buttonId } from "../../shared/button.ts";
import type { Command } from "../../shared/command.ts";
import { Failure } from "../../shared/failure.ts";
import { discordPartLength, earlierMessages } from "../../shared/limits.ts";
import { createDiscordClient, type DiscordOptions } from "../clients/discord.ts";
import { stableKey } from "../stable-id.ts";
import { buttonLabels, type Mark, type Replies, type Reply } from "./reply.ts";
import { splitMarkdown } from "./split-markdown.ts";

const emoji: Record<Mark, string | undefined> = {
  working: "⚙️",
  succeeded: "✅",
  failed: "❌",
  timed_out: "⏳",
  stopped: undefined,
  answered: undefined,
};
/** Marks of an earlier stage; 👀 is the gateway's. */
const passing = ["👀", "⚙️"];

/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#json */
const codes = { unknownMessage: 10008, unknownEmoji: 10014, threadExists: 160004 };
const threadTypes = new Set([10, 11, 12]);
const directTypes = new Set([1, 3]);
/** How long before its end an interaction's token is no longer used: a request takes its time. */
const tokenMarginMs = 30_000;

const messageSchema = z.object({ id: z.string() });
const anything = z.unknown();

export function createDiscordReplies(options: DiscordOptions & { now: () => number }): Replies {
  const request = createDiscordClient(options);
  const { now } = options;

  return {
    async open(command) {
      const conversation = discordConversation(command);
      const { channelId, threadId } = conversation;
      if (threadId !== undefined) return conversation;
      const channel = await request("GET", `/channels/${channelId}`, z.object({ type: z.number() }));
      if (channel && threadTypes.has(channel.type)) return { ...conversation, threadId: channelId };
      if (channel && directTypes.has(channel.type)) return conversation;
      // A message's thread has the message's id: made twice, it is the same.
      const messageId = conversation.messageId ?? (await editOriginal(command, messageOf("⚙️ …", undefined)))?.id;
      if (messageId === undefined) return conversation;
      await request("POST", `/channels/${channelId}/messages/${messageId}/threads`, anything, {
        body: { name: threadName(command), auto_archive_duration: 1440 },
        done: [codes.threadExists],
      });
      return { ...conversation, messageId, threadId: messageId };
    },

    async post(command, reply) {
      const [first = "", ...more] = splitMarkdown(reply.text, discordPartLength);
      const last = more.length > 0 ? undefined : reply;
      const message =
        (await editOriginal(command, messageOf(first, last))) ?? (await send(command, first, last, "status"));
      await sendMore(command, more, reply);
      return message?.id ?? "";
    },

    async edit(command, messageId, reply) {
      const [first = "", ...more] = splitMarkdown(reply.text, discordPartLength);
      const content = messageOf(first, more.length > 0 ? undefined : reply);
      if (!(await editOriginal(command, content))) {
        const path = `/channels/${placeOf(command)}/messages/${messageId}`;
        await request("PATCH", path, messageSchema, { body: content });
      }
      await sendMore(command, more, reply);
    },

    async mark(command, mark) {
      const { channelId, messageId, interaction } = discordConversation(command);
      // An interaction's own message says it all; a person's message is marked.
      if (messageId === undefined || interaction !== undefined) return;
      const reactions = `/channels/${channelId}/messages/${messageId}/reactions`;
      const name = emoji[mark];
      if (name) await request("PUT", `${reactions}/${encodeURIComponent(name)}/@me`, anything);
      for (const earlier of passing.filter((passed) => passed !== name)) {
        await request("DELETE", `${reactions}/${encodeURIComponent(earlier)}/@me`, anything, {
          done: [codes.unknownMessage, codes.unknownEmoji],
        });
      }
    },

    async permalink(command) {
      const { guildId, channelId, threadId, messageId } = discordConversation(command);
      const place = threadId ?? channelId;
      return `https://discord.com/channels/${guildId}/${place}${messageId && messageId !== threadId ? `/${messageId}` : ""}`;
    },

    async earlier(command) {
      const { threadId, messageId } = discordConversation(command);
      if (threadId === undefined) return [];
      const page = await request("GET", `/channels/${threadId}/messages?limit=${earlierMessages}`, z.array(saidSchema));
      return (page ?? [])
        .filter(({ author, id }) => author.bot !== true && id !== messageId)
        .map(({ author, content, attachments }) => ({
          author: author.global_name ?? author.username,
          text: [content, ...attachments.map(({ filename }) => `[file: ${filename}]`)].join("\n").trim(),
        }))
        .filter(({ text }) => text !== "")
        .toReversed();
    },
  };

  /** `<application>/<token>` while the interaction can still be answered. */
  function openToken(command: Command): string | undefined {
    const { interaction } = discordConversation(command);
    if (!interaction || now() > interaction.expiresAt - tokenMarginMs) return undefined;
    return `${interaction.applicationId}/${interaction.token}`;
  }

  /** The interaction's own message, while its token is good; undefined when the bot's token has to do. */
  async function editOriginal(command: Command, content: unknown) {
    const token = openToken(command);
    if (!token) return undefined;
    try {
      return await request("PATCH", `/webhooks/${token}/messages/@original`, messageSchema, { body: content });
    } catch (error) {
      // Clocks differ: Discord may call a token old that we think is good.
      if (error instanceof Failure && error.code === "discord_refused") return undefined;
      throw error;
    }
  }

  async function send(command: Command, text: string, reply: Reply | undefined, role: string) {
    const nonce = await stableKey(`${command.id} ${role}`);
    return request("POST", `/channels/${placeOf(command)}/messages`, messageSchema, {
      body: { ...messageOf(text, reply), nonce, enforce_nonce: true },
    });
  }

  async function sendMore(command: Command, parts: readonly string[], reply: Reply): Promise<void> {
    for (const [at, part] of parts.entries()) {
      await send(command, part, at === parts.length - 1 ? reply : undefined, `more ${at}`);
    }
  }
}

const saidSchema = z.object({
  id: z.string(),
  content: z.string(),
  author: z.object({ username: z.string(), global_name: z.nullish(z.string()), bot: z.optional(z.boolean()) }),
  attachments: z.array(z.object({ filename: z.string() })),
});

function discordConversation({ conversation }: Command) {
  if (conversation.platform !== "discord") throw new TypeError(`not a Discord conversation: ${conversation.platform}`);
  return conversation;
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

/** Nobody is pinged, whatever is quoted. */
function messageOf(text: string, reply: Reply | undefined) {
  const buttons = reply?.buttons ?? [];
  return {
    content: text,
    allowed_mentions: { parse: [] },
    flags: suppressEmbeds,
    components:
      buttons.length === 0
        ? []
        : [
            {
              type: 1,
              components: buttons.map((button) => ({
                type: 2,
                style: 2,
                label: buttonLabels[button.action],
                custom_id: buttonId(button),
              })),
            },
          ],
  };
}

/** https://discord.com/developers/docs/resources/message#message-object-message-flags */
const suppressEmbeds = 4;
