import { ErrorCode, WebClient } from "@slack/web-api";
import * as z from "zod/mini";
import { Failure } from "../../shared/failure.ts";
import { vendorTimeoutMs } from "../../shared/limits.ts";
import { parseJson } from "../../shared/parse-json.ts";
import { asItIs, type Redact } from "../../shared/redact.ts";
import { callSignal } from "../attempt.ts";
import { fetchRedacted } from "../clients/fetch-redacted.ts";
import { redactAnswer } from "../clients/redact-answer.ts";
import { conversationGone, messageGone } from "../gone.ts";
import { unreadableAnswer, vendorFailure, waitOf } from "../clients/vendor-failure.ts";

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
    fetch: async (url, init) => {
      const signal = callSignal(timeoutMs);
      return requireAnswer(await fetchRedacted(redact, url, { ...init, redirect: "manual", signal }), redact);
    },
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });
}

/** Slack's client takes any text for an error's name, and a limit that names no seconds for no limit. */
async function requireAnswer(response: Response, redact: Redact): Promise<Response> {
  const { status, headers } = response;
  if (status === 429) {
    await response.body?.cancel();
    const cause = new Error(`Retry-After: ${headers.get("retry-after") ?? "none"}`);
    throw vendorFailure({ vendor: "Slack", status, retryAfterMs: waitOf(status, headers), credential: "", cause });
  }
  if (status !== 200) return response;
  const text = redactAnswer(await response.text(), redact);
  const answer = answerSchema.safeParse(parseJson(text));
  if (!answer.success) throw unreadableAnswer("Slack", new Error(text.slice(0, 100) || "nothing"));
  const kept = new Headers(headers);
  // It is decoded here.
  for (const name of ["content-encoding", "content-length"]) kept.delete(name);
  return new Response(text, { status, headers: kept });
}

const answerSchema = z.object({ ok: z.boolean() });

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
  const failed = thrownSchema.safeParse(error);
  if (failed.success) return failed.data.cause;
  const { code, reason = "unknown_error", status } = readError(error);
  if (reason === "message_not_found") return messageGone(error);
  if (goneForGood.has(reason)) return conversationGone(reason, error);
  if (outside.has(reason)) {
    const reply = `I am not in this channel (${reason}). Invite me with \`/invite @bugbot\`, and ask again.`;
    return new Failure("slack_outside", { reply, retry: false, cause: error });
  }
  const limited = limits.has(reason);
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
    retryAfterMs: limited ? waitOf(429, new Headers()) : undefined,
    credential: "check SLACK_BOT_TOKEN",
    cause: error,
  });
}

/** Slack's `ok: false` errors for a place where nothing can be said any more. */
const goneForGood = new Set(["is_archived", "thread_not_found"]);

/** The bot is not in the channel: a private one that it is not in looks to it as one that is gone. */
const outside = new Set(["not_in_channel", "channel_not_found"]);

const limits = new Set(["ratelimited", "rate_limited", "message_limit_exceeded"]);

/** Those that pass. */
const temporary = new Set([
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
  "team_added_to_org",
]);

/** What `fetch` threw: Slack's client keeps it. */
const thrownSchema = z.object({ cause: z.instanceof(Failure) });

const errorSchema = z.object({
  code: z.optional(z.string()),
  data: z.optional(z.object({ error: z.optional(z.string()) })),
  statusCode: z.optional(z.number()),
});

interface SlackError {
  code?: string | undefined;
  reason?: string | undefined;
  status?: number | undefined;
}

function readError(error: unknown): SlackError {
  const parsed = errorSchema.safeParse(error);
  if (!parsed.success) return {};
  const { code, data, statusCode } = parsed.data;
  // A name, as Slack's are: anything longer is somebody else's words.
  const reason = data?.error !== undefined && /^[\w.:-]{1,60}$/.test(data.error) ? data.error : undefined;
  return { code, reason, status: statusCode };
}
