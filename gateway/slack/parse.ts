import * as z from "zod/mini";
import { type Command, parseWords } from "../../shared/command.ts";
import { maxTextLength } from "../../shared/limits.ts";
import { findReferences } from "../../shared/references/reference.ts";
import type { Incoming } from "../platform.ts";

/** Only what is read of https://docs.slack.dev/reference/events/app_mention and message.im. */
const eventSchema = z.object({
  type: z.string(),
  channel_type: z.optional(z.string()),
  subtype: z.optional(z.string()),
  bot_id: z.optional(z.nullable(z.string())),
  user: z.optional(z.string()),
  text: z.optional(z.string()),
  ts: z.optional(z.string()),
  thread_ts: z.optional(z.string()),
  channel: z.optional(z.string()),
});
const envelopeSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("url_verification"), challenge: z.string() }),
  z.object({
    type: z.literal("event_callback"),
    team_id: z.string(),
    event_id: z.string(),
    authorizations: z.optional(z.nullable(z.array(z.object({ user_id: z.optional(z.nullable(z.string())) })))),
    event: eventSchema,
  }),
]);

/** A message with files, or one also sent to the channel, is still a person's message. */
const personalSubtypes = new Set(["file_share", "thread_broadcast"]);

export async function parse(body: string, nowMs: number): Promise<Incoming> {
  const json = parseJson(body);
  if (json === undefined) return { kind: "malformed", reason: "the body is not JSON" };
  const envelope = envelopeSchema.safeParse(json);
  if (!envelope.success) {
    return typeof json === "object" && json !== null
      ? { kind: "ignored", reason: "not an event bugbot listens to" }
      : { kind: "malformed", reason: "the body is not a Slack event" };
  }
  if (envelope.data.type === "url_verification") return { kind: "handshake", answer: envelope.data.challenge };

  const { team_id: teamId, event_id: eventId, authorizations, event } = envelope.data;
  const botUserId = authorizations?.[0]?.user_id ?? undefined;
  if (event.type !== "app_mention" && !(event.type === "message" && event.channel_type === "im")) {
    return { kind: "ignored", reason: `${event.type} is not for bugbot` };
  }
  if (event.bot_id || (botUserId && event.user === botUserId)) return { kind: "ignored", reason: "a bot's message" };
  if (event.subtype && !personalSubtypes.has(event.subtype)) return { kind: "ignored", reason: event.subtype };
  const { user, text, ts, channel } = event;
  if (!user || text === undefined || !ts || !channel)
    return { kind: "ignored", reason: "no author, text, ts or channel" };

  const words = plainText(afterMention(text, botUserId)).slice(0, maxTextLength);
  const command: Command = {
    v: 1,
    id: `slack-${await eventKey(eventId)}`,
    ...parseWords(words),
    conversation: { platform: "slack", teamId, channelId: channel, threadId: event.thread_ts ?? ts, messageId: ts },
    author: { id: user },
    references: findReferences(words),
    receivedAt: nowMs,
  };
  return { kind: "command", command };
}

function parseJson(body: string): unknown {
  try {
    const json: unknown = JSON.parse(body);
    return json;
  } catch {
    return undefined;
  }
}

/** What follows the bot's mention; what precedes it when nothing follows; all of it when there is none. */
function afterMention(text: string, botUserId: string | undefined): string {
  const mention = botUserId ? new RegExp(`<@${botUserId}(?:\\|[^>]*)?>`) : /<@[UW][A-Z0-9]+(?:\|[^>]*)?>/;
  const [found] = mention.exec(text) ?? [];
  if (found === undefined) return text;
  const at = text.indexOf(found);
  const after = text.slice(at + found.length).trim();
  return after || text.slice(0, at);
}

/** Slack's markup as a person wrote it: links without brackets, entities decoded. */
function plainText(text: string): string {
  return text
    .replace(/<(https?:[^|>]{1,4000})(?:\|[^>]{0,4000})?>/g, "$1")
    .replace(/<mailto:([^|>]{1,320})(?:\|[^>]{0,320})?>/g, "$1")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

/** Slack's event id where it fits a command's id, else its hash. */
async function eventKey(eventId: string): Promise<string> {
  if (/^[A-Za-z0-9_-]{1,80}$/.test(eventId)) return eventId;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(eventId));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
