import { ErrorCode, WebClient } from "@slack/web-api";
import * as z from "zod/mini";
import { Failure } from "../../shared/failure.ts";
import { vendorTimeoutMs } from "../../shared/limits.ts";
import { asItIs, type Redact } from "../../shared/redact.ts";
import { callSignal } from "../attempt.ts";
import { fetchRedacted } from "../clients/fetch-redacted.ts";
import { conversationGone, messageGone } from "../gone.ts";
import { parseRetryAfter, vendorFailure } from "../clients/vendor-failure.ts";

export interface SlackOptions {
  botToken: string;
  /** `https://slack.com/api`, without a trailing slash. */
  apiUrl: string;
  redact?: Redact;
}

/** Slack's own client as workerd can use it. */
export function createSlackClient(
  { botToken, apiUrl, redact = asItIs }: SlackOptions,
  timeoutMs = vendorTimeoutMs,
): WebClient {
  return new WebClient(botToken, {
    slackApiUrl: `${apiUrl}/`,
    // workerd knows no `redirect: "error"`; retries are the Workflow's.
    fetch: (url, init) => fetchRedacted(redact, url, { ...init, redirect: "manual", signal: callSignal(timeoutMs) }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });
}

/** Runs one call. Throws `Failure`. */
export async function call<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw toFailure(error);
  }
}

/** Runs one call that may have been done before: `done` are Slack's errors for that, and false the answer. Throws `Failure`. */
export async function once(request: () => Promise<unknown>, ...done: string[]): Promise<boolean> {
  try {
    await request();
    return true;
  } catch (error) {
    if (done.includes(readError(error).reason ?? "")) return false;
    throw toFailure(error);
  }
}

function toFailure(error: unknown): Failure {
  const { code, reason = "", retryAfter, status } = readError(error);
  if (reason === "message_not_found") return messageGone(error);
  if (goneForGood.has(reason)) return conversationGone(reason, error);
  if (outside.has(reason)) {
    const reply = `I am not in this channel (${reason}). Invite me with \`/invite @bugbot\`, and ask again.`;
    return new Failure("slack_outside", { reply, retry: false, cause: error });
  }
  const limited = code === ErrorCode.RateLimitedError || reason === "ratelimited";
  if (code === ErrorCode.PlatformError && !limited && !temporary.has(reason)) {
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

/** Slack's `ok: false` errors for a place where nothing can be said any more. */
const goneForGood = new Set(["is_archived", "thread_not_found"]);

/** The bot is not in the channel: a private one that it is not in looks to it as one that is gone. */
const outside = new Set(["not_in_channel", "channel_not_found"]);

/** Those that pass. */
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

interface SlackError {
  code?: string | undefined;
  reason?: string | undefined;
  retryAfter?: number | undefined;
  status?: number | undefined;
}

function readError(error: unknown): SlackError {
  const parsed = errorSchema.safeParse(error);
  if (!parsed.success) return {};
  const { code, data, retryAfter, statusCode } = parsed.data;
  return { code, reason: data?.error, retryAfter, status: statusCode };
}
