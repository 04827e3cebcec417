import { ErrorCode, WebClient } from "@slack/web-api";
import * as z from "zod/mini";
import type { Command } from "../../shared/command.ts";
import { Failure } from "../../shared/failure.ts";
import { vendorTimeoutMs } from "../../shared/limits.ts";
import { parseRetryAfter, vendorFailure } from "../clients/vendor-failure.ts";
import type { Mark, Replies } from "./reply.ts";
import { toMrkdwn } from "./slack-mrkdwn.ts";

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
  const client = new WebClient(botToken, {
    slackApiUrl: `${apiUrl}/`,
    // workerd knows no `redirect: "error"`; retries are the Workflow's.
    fetch: (url, init) => fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(vendorTimeoutMs) }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });

  return {
    async post(command, text, again) {
      const { channelId: channel, threadId } = slackConversation(command);
      const earlier = again ? await findPosted(command) : undefined;
      if (earlier) return earlier;
      const { ts } = await call(() =>
        client.chat.postMessage({
          channel,
          thread_ts: threadId,
          text: toMrkdwn(text),
          metadata: { event_type: eventType, event_payload: { command_id: command.id } },
          unfurl_links: false,
          unfurl_media: false,
        }),
      );
      if (!ts)
        throw new Failure("slack_rejected", { reply: "Slack posted a message without a timestamp.", retry: false });
      return ts;
    },

    async edit(command, messageId, text) {
      const { channelId: channel } = slackConversation(command);
      await call(() => client.chat.update({ channel, ts: messageId, text: toMrkdwn(text) }));
    },

    async mark(command, mark) {
      const { channelId: channel, messageId: timestamp } = slackConversation(command);
      const name = emoji[mark];
      if (name) await once(() => client.reactions.add({ channel, timestamp, name }), "already_reacted");
      for (const earlier of passing.filter((passed) => passed !== name)) {
        await once(() => client.reactions.remove({ channel, timestamp, name: earlier }), "no_reaction");
      }
    },

    async permalink(command) {
      const { channelId: channel, messageId } = slackConversation(command);
      return (await call(() => client.chat.getPermalink({ channel, message_ts: messageId }))).permalink;
    },
  };

  /** The message an attempt posted that crashed before it was recorded. */
  async function findPosted(command: Command): Promise<string | undefined> {
    const { channelId: channel, threadId: ts } = slackConversation(command);
    const { messages = [] } = await call(() =>
      client.conversations.replies({ channel, ts, limit: 200, include_all_metadata: true }),
    );
    return messages
      .map((message) => postedSchema.safeParse(message))
      .find(({ data }) => data?.metadata.event_payload.command_id === command.id)?.data?.ts;
  }
}

const postedSchema = z.object({
  ts: z.string(),
  metadata: z.object({ event_type: z.literal(eventType), event_payload: z.object({ command_id: z.string() }) }),
});

function slackConversation({ conversation }: Command) {
  if (conversation.platform !== "slack") throw new TypeError(`not a Slack conversation: ${conversation.platform}`);
  return conversation;
}

async function call<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw toFailure(error);
  }
}

/** `done` is Slack's error for what was done before. */
async function once(request: () => Promise<unknown>, done: string): Promise<void> {
  try {
    await request();
  } catch (error) {
    if (readError(error).reason !== done) throw toFailure(error);
  }
}

function toFailure(error: unknown): Failure {
  const { code, reason, retryAfter, status } = readError(error);
  const limited = code === ErrorCode.RateLimitedError || reason === "ratelimited";
  if (code === ErrorCode.PlatformError && !limited && !temporary.has(reason ?? "")) {
    return new Failure("slack_rejected", {
      reply: `Slack did not accept this (${reason}).`,
      retry: false,
      cause: error,
    });
  }
  return vendorFailure({
    vendor: "Slack",
    status: limited ? 429 : status,
    retryAfterMs: parseRetryAfter(retryAfter),
    credential: "check SLACK_BOT_TOKEN",
    cause: error,
  });
}

/** Slack's `ok: false` errors that pass. */
const temporary = new Set([
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
  "team_added_to_org",
]);

const errorSchema = z.object({
  code: z.optional(z.string()),
  data: z.optional(z.object({ error: z.optional(z.string()) })),
  retryAfter: z.optional(z.number()),
  statusCode: z.optional(z.number()),
});

function readError(error: unknown): {
  code?: string | undefined;
  reason?: string | undefined;
  retryAfter?: number | undefined;
  status?: number | undefined;
} {
  const parsed = errorSchema.safeParse(error);
  if (!parsed.success) return {};
  const { code, data, retryAfter, statusCode } = parsed.data;
  return { code, reason: data?.error, retryAfter, status: statusCode };
}
