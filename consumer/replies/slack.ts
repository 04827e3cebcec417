import type { KnownBlock } from "@slack/web-api";
import * as z from "zod/mini";
import { buttonId } from "../../shared/button.ts";
import type { Command } from "../../shared/command.ts";
import { Failure } from "../../shared/failure.ts";
import { earlierMessages, slackPartLength, vendorTimeoutMs } from "../../shared/limits.ts";
import { vendorFailure } from "../clients/vendor-failure.ts";
import { buttonLabels, whispered, type Mark, type Replies, type Reply } from "./reply.ts";
import { call, createSlackClient, once } from "./slack-client.ts";
import { toMrkdwn } from "./slack-mrkdwn.ts";
import { splitMarkdown } from "./split-markdown.ts";

export interface SlackOptions {
  botToken: string;
  /** `https://slack.com/api`, without a trailing slash. */
  apiUrl: string;
}

const eventType = "bugbot_command";
const emoji: Record<Mark, string | undefined> = {
  working: "gear",
  succeeded: "white_check_mark",
  failed: "x",
  timed_out: "hourglass_flowing_sand",
  stopped: undefined,
  answered: undefined,
};
/** Marks of an earlier stage; 👀 is the gateway's. */
const passing = ["eyes", "gear"];

export function createSlackReplies({ botToken, apiUrl }: SlackOptions): Replies {
  const client = createSlackClient(botToken, apiUrl);

  return {
    async open(command, again) {
      const conversation = slackConversation(command);
      const { teamId, channelId: channel, threadId, messageId } = conversation;
      if (threadId !== undefined) return { ...conversation, messageId: messageId ?? threadId };
      // A slash command leaves no message: this one stands for it, and its thread is the conversation.
      const asked = `**${command.name}** ${command.text}`.trim();
      const text = `<@${command.author.id}> asks: ${toMrkdwn(asked)}`;
      const ts =
        (again ? await findPosted(command, "asked") : undefined) ??
        (await send(channel, undefined, text, [], command, "asked"));
      return { platform: "slack", teamId, channelId: channel, threadId: ts, messageId: ts };
    },

    async post(command, reply, again) {
      const { channelId: channel, threadId, responseUrl } = slackConversation(command);
      if (threadId === undefined && responseUrl !== undefined) return whisper(responseUrl, reply);
      const earlier = again ? await findPosted(command, "status") : undefined;
      if (earlier !== undefined) return earlier;
      const [first = "", ...more] = partsOf(reply);
      const blocks = blocksOf(first, more.length > 0 ? undefined : reply);
      const ts = await send(channel, threadId, first, blocks, command, "status").catch((error: unknown) => {
        // A shortcut works in channels that bugbot was not invited to.
        const isOutside = error instanceof Failure && error.code === "slack_rejected" && responseUrl !== undefined;
        if (!isOutside) throw error;
        return whisper(responseUrl, reply);
      });
      if (ts === whispered) return ts;
      await sendMore(command, more, reply);
      return ts;
    },

    async edit(command, messageId, reply) {
      const { channelId: channel, responseUrl } = slackConversation(command);
      if (messageId === whispered) {
        // Slack lets five such messages through: they are for the beginning and the last word.
        const isProgress = reply.buttons?.some(({ action }) => action === "stop") ?? false;
        if (responseUrl !== undefined && !isProgress) await whisper(responseUrl, reply);
        return;
      }
      const [first = "", ...more] = partsOf(reply);
      const blocks = blocksOf(first, more.length > 0 ? undefined : reply);
      await call(() => client.chat.update({ channel, ts: messageId, text: first, blocks }));
      await sendMore(command, more, reply);
    },

    async mark(command, mark) {
      const { channelId: channel, messageId: timestamp } = slackConversation(command);
      if (timestamp === undefined) return;
      const name = emoji[mark];
      // A button's command has a message of bugbot's own, where an older mark may stand.
      if (name) await once(() => client.reactions.add({ channel, timestamp, name }), "already_reacted");
      for (const earlier of passing.filter((passed) => passed !== name)) {
        await once(() => client.reactions.remove({ channel, timestamp, name: earlier }), "no_reaction");
      }
    },

    async permalink(command) {
      const { channelId: channel, messageId } = slackConversation(command);
      if (messageId === undefined) return undefined;
      return (await call(() => client.chat.getPermalink({ channel, message_ts: messageId }))).permalink;
    },

    async earlier(command) {
      const { channelId: channel, threadId, messageId } = slackConversation(command);
      if (threadId === undefined || threadId === messageId) return [];
      const said: { author: string; text: string }[] = [];
      let cursor: string | undefined;
      do {
        const page = await call(() =>
          client.conversations.replies({ channel, ts: threadId, limit: 200, ...(cursor && { cursor }) }),
        );
        for (const message of page.messages ?? []) {
          const { bot_id: botId, ts, user, text = "", files = [] } = message;
          if (botId === undefined && ts !== messageId) {
            const names = files.flatMap(({ name }) => (name ? [`[file: ${name}]`] : []));
            said.push({ author: user ?? "somebody", text: [text, ...names].join("\n").trim() });
          }
        }
        cursor = page.response_metadata?.next_cursor || undefined;
      } while (cursor !== undefined);
      return said.slice(-earlierMessages);
    },
  };

  /** What did not fit into the first message; the buttons stand under the last part. */
  async function sendMore(command: Command, parts: readonly string[], reply: Reply): Promise<void> {
    const { channelId: channel, threadId } = slackConversation(command);
    for (const [at, part] of parts.entries()) {
      const blocks = blocksOf(part, at === parts.length - 1 ? reply : undefined);
      await send(channel, threadId, part, blocks, command, "more");
    }
  }

  async function send(
    channel: string,
    threadTs: string | undefined,
    text: string,
    blocks: KnownBlock[],
    command: Command,
    role: string,
  ): Promise<string> {
    const { ts } = await call(() =>
      client.chat.postMessage({
        channel,
        text,
        ...(threadTs !== undefined && { thread_ts: threadTs }),
        ...(blocks.length > 0 && { blocks }),
        metadata: { event_type: eventType, event_payload: { command_id: command.id, role } },
        unfurl_links: false,
        unfurl_media: false,
      }),
    );
    if (!ts)
      throw new Failure("slack_rejected", { reply: "Slack posted a message without a timestamp.", retry: false });
    return ts;
  }

  /** The message an attempt posted that crashed before it was recorded. */
  async function findPosted(command: Command, role: string): Promise<string | undefined> {
    const { channelId: channel, threadId: ts, messageId: after } = slackConversation(command);
    const options = { channel, limit: 100, include_all_metadata: true };
    const { messages = [] } = await call(() =>
      ts === undefined
        ? client.conversations.history(options)
        : client.conversations.replies({ ...options, ts, ...(after !== undefined && { oldest: after }) }),
    );
    const posted = messages.map((message) => postedSchema.safeParse(message).data);
    return posted.find(
      (found) => found?.metadata.event_payload.command_id === command.id && found.metadata.event_payload.role === role,
    )?.ts;
  }
}

/** For the asker's eyes only; Slack gives such a message no id. */
async function whisper(responseUrl: string, reply: Reply): Promise<string> {
  const [text = "", ...more] = partsOf(reply);
  for (const part of [text, ...more]) {
    const response = await fetch(responseUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ response_type: "ephemeral", replace_original: false, text: part }),
      signal: AbortSignal.timeout(vendorTimeoutMs),
    }).catch((cause: unknown) => {
      throw vendorFailure({ vendor: "Slack", credential: "", cause });
    });
    await response.body?.cancel();
    if (!response.ok)
      throw vendorFailure({
        vendor: "Slack",
        status: response.status,
        credential: "the command's answer has expired",
        cause: undefined,
      });
  }
  return whispered;
}

const postedSchema = z.object({
  ts: z.string(),
  metadata: z.object({
    event_type: z.literal(eventType),
    event_payload: z.object({ command_id: z.string(), role: z.optional(z.string()) }),
  }),
});

function slackConversation({ conversation }: Command) {
  if (conversation.platform !== "slack") throw new TypeError(`not a Slack conversation: ${conversation.platform}`);
  return conversation;
}

function partsOf({ text }: Reply): string[] {
  return splitMarkdown(text, slackPartLength).map(toMrkdwn);
}

/** Text needs blocks only where buttons stand under it. */
function blocksOf(text: string, reply: Reply | undefined): KnownBlock[] {
  const buttons = reply?.buttons ?? [];
  return [
    { type: "section", text: { type: "mrkdwn", text } },
    ...(buttons.length > 0
      ? [
          {
            type: "actions" as const,
            elements: buttons.map((button) => ({
              type: "button" as const,
              action_id: buttonId(button),
              text: { type: "plain_text" as const, text: buttonLabels[button.action] },
              value: button.commandId,
            })),
          },
        ]
      : []),
  ];
}
