import type { Command } from "../../shared/command.ts";
import { Failure } from "../../shared/failure.ts";
import { statusLineTimeoutMs } from "../../shared/limits.ts";
import { addressExpired, messageGone } from "../gone.ts";
import { fileNameFor, layOut } from "./lay-out.ts";
import { whispered, type Mark, type Replies, type Reply } from "./reply.ts";
import { call, createSlackClient, once, type SlackOptions } from "./slack-client.ts";
import { type PostedRole, slackConversation } from "./slack-command.ts";
import { shareFile, uploadFile } from "./slack-file.ts";
import { drawAsked, drawMessage, type DrawnMessage, fitsSlack, wholeOf, wordsOf } from "./slack-message.ts";
import { createSession } from "./slack-session.ts";
import { createStatusLine } from "./slack-status-line.ts";
import { createStream } from "./slack-stream.ts";
import { findPosted, metadataOf, readEarlier } from "./slack-thread.ts";
import { whisper } from "./slack-whisper.ts";
import type { Block } from "./words.ts";

const emoji: Record<Mark, string | undefined> = {
  working: "gear",
  working_again: "gear",
  succeeded: "white_check_mark",
  failed: "x",
  timed_out: "hourglass_flowing_sand",
  stopped: undefined,
  answered: undefined,
};
/** Marks of an earlier stage; 👀 is the gateway's. */
const passing = ["eyes", "gear"];
const ended = ["white_check_mark", "x", "hourglass_flowing_sand"];

export function createSlackReplies(options: SlackOptions): Replies {
  const client = createSlackClient(options);
  const statusLine = createStatusLine(options);
  const session = createSession(createSlackClient(options, statusLineTimeoutMs));
  const { redact } = options;
  const stream = createStream(client);

  return {
    async open(command, again) {
      const conversation = slackConversation(command);
      const { teamId, channelId: channel, threadId, messageId } = conversation;
      if (threadId !== undefined) return { ...conversation, messageId: messageId ?? threadId };
      // A slash command leaves no message: this one stands for it, and its thread is the conversation.
      const earlier = again ? (await findPosted(client, command)).messages.get("asked") : undefined;
      const ts = earlier ?? (await send(command, "asked", drawAsked(command)));
      return { platform: "slack", teamId, channelId: channel, threadId: ts, messageId: ts };
    },

    async post(command, reply, again) {
      const { threadId, responseUrl } = slackConversation(command);
      if (command.forAsker && responseUrl === undefined) throw addressExpired();
      if (threadId === undefined && responseUrl !== undefined) return whisper(responseUrl, reply, redact);
      const earlier = again ? (await findPosted(client, command)).messages.get("status") : undefined;
      if (earlier !== undefined) return earlier;
      if (reply.doing && (await session.begin(command)) && !again) {
        const streamed = await stream.start(command, reply.doing, reply);
        if (streamed !== undefined) return streamed;
      }
      try {
        return await write(command, reply, (message) => send(command, "status", message));
      } catch (error) {
        // A shortcut works in channels that bugbot was not invited to.
        const isOutside = error instanceof Failure && !error.retry && responseUrl !== undefined;
        if (!isOutside) throw error;
        return whisper(responseUrl, reply, redact);
      }
    },

    async edit(command, messageId, reply) {
      const { responseUrl } = slackConversation(command);
      if (messageId === whispered) {
        // Slack lets five such messages through: they are for the beginning and the last word.
        if (responseUrl !== undefined && reply.doing === undefined) await whisper(responseUrl, reply, redact);
        return messageId;
      }
      const { doing } = reply;
      if (doing && (await stream.append(command, messageId, doing, reply))) return messageId;
      return write(command, reply, (message) =>
        doing ? update(command, messageId, message, true) : replace(command, messageId, message),
      );
    },

    async activity(command, words) {
      const { channelId: channel, threadId: ts } = slackConversation(command);
      if (ts === undefined) return;
      if (words === undefined) {
        await statusLine.clear({ channel, ts });
        await session.end(command);
      } else {
        void session.begin(command);
        statusLine.show({ channel, ts }, words);
      }
    },

    async mark(command, mark) {
      const { channelId: channel, messageId: timestamp } = slackConversation(command);
      if (timestamp === undefined) return;
      const name = emoji[mark];
      // A button's command has a message of bugbot's own, where an older mark may stand.
      if (name) await once(() => client.reactions.add({ channel, timestamp, name }), "already_reacted");
      const old = mark === "working_again" ? [...passing, ...ended] : passing;
      for (const earlier of old.filter((passed) => passed !== name)) {
        await once(() => client.reactions.remove({ channel, timestamp, name: earlier }), "no_reaction");
      }
    },

    async threadLink(command) {
      const { channelId: channel, threadId } = slackConversation(command);
      if (threadId === undefined) return undefined;
      return (await call(() => client.chat.getPermalink({ channel, message_ts: threadId }))).permalink;
    },

    earlier: (command) => readEarlier(client, command),
  };

  /** Says it in one message, the first; what does not fit follows in others, or all of it in a file. Nothing is said twice. */
  async function write(
    command: Command,
    reply: Reply,
    say: (message: DrawnMessage) => Promise<string>,
  ): Promise<string> {
    const { beginning, parts } = layOut(wordsOf(reply), fitsSlack);
    const [first = [], ...more] = parts;
    if (more.length === 0) return say(drawMessage(first, reply));

    const { channelId: channel, threadId } = slackConversation(command);
    const posted = await findPosted(client, command);
    if (beginning !== undefined && threadId !== undefined) {
      const file = { name: fileNameFor(command), content: wholeOf(reply) };
      const isShared = posted.files.has(file.name);
      const id = isShared ? undefined : await uploadFile(client, file, redact);
      if (isShared || id !== undefined) {
        const ts = await say(drawMessage(beginning, reply));
        if (id === undefined || (await shareFile(client, id, file.name, { channel, ts: threadId }))) return ts;
        await update(command, ts, drawMessage(first));
        await sendMore(command, more, reply, posted.messages);
        return ts;
      }
    }
    const ts = await say(drawMessage(first));
    await sendMore(command, more, reply, posted.messages);
    return ts;
  }

  /** What did not fit into the first message; the buttons stand under the last part. */
  async function sendMore(command: Command, parts: readonly Block[][], reply: Reply, posted: Map<string, string>) {
    for (const [at, part] of parts.entries()) {
      const role = `more ${at}` as const;
      if (!posted.has(role)) await send(command, role, drawMessage(part, at === parts.length - 1 ? reply : undefined));
    }
  }

  async function send(command: Command, role: PostedRole, { text, blocks }: DrawnMessage): Promise<string> {
    const { channelId: channel, threadId } = slackConversation(command);
    const { ts } = await call(() =>
      client.chat.postMessage({
        channel,
        text,
        ...(threadId !== undefined && { thread_ts: threadId }),
        ...(blocks.length > 0 && { blocks }),
        metadata: metadataOf(command, role),
        // Of its text; what is shown are the blocks.
        mrkdwn: false,
        unfurl_links: false,
        unfurl_media: false,
      }),
    );
    if (!ts)
      throw new Failure("slack_rejected", { reply: "Slack posted a message without a timestamp.", retry: false });
    return ts;
  }

  /** Changes a message; one that somebody deleted is posted anew, once. */
  async function replace(command: Command, ts: string, message: DrawnMessage): Promise<string> {
    try {
      return await update(command, ts, message);
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== messageGone().code) throw error;
      const anew = (await findPosted(client, command)).messages.get("status");
      return anew === undefined ? send(command, "status", message) : update(command, anew, message);
    }
  }

  /** A stream is stopped before; one that an earlier attempt began is known by Slack's refusal to edit it. */
  async function update(command: Command, ts: string, message: DrawnMessage, isAtWork = false): Promise<string> {
    const { channelId: channel } = slackConversation(command);
    const change = () => client.chat.update({ channel, ts, ...message, metadata: metadataOf(command, "status") });
    if (stream.isOpen(ts)) await stream.stop(command, ts, isAtWork);
    else if (await once(change, "streaming_state_conflict")) return ts;
    else await stream.stop(command, ts, isAtWork);
    await call(change);
    return ts;
  }
}
