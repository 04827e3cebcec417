import * as z from "zod/mini";
import { parseWords } from "../../shared/grammar.ts";
import { maxTextLength } from "../../shared/limits.ts";
import { findReferences } from "../../shared/references/reference.ts";
import type { Incoming } from "../platform.ts";
import { commandId } from "./command-id.ts";
import { parseJson } from "../parse-json.ts";
import { plainText } from "./plain-text.ts";

const envelopeSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("url_verification"), challenge: z.string() }),
  z.object({
    type: z.literal("event_callback"),
    team_id: z.string(),
    event_id: z.string(),
    authorizations: z.optional(z.nullable(z.array(z.object({ user_id: z.optional(z.nullable(z.string())) })))),
    event: z.looseObject({ type: z.string() }),
  }),
]);

/** Only what is read of https://docs.slack.dev/reference/events/app_mention and message.im. */
const messageSchema = z.object({
  type: z.string(),
  channel_type: z.optional(z.string()),
  subtype: z.optional(z.string()),
  bot_id: z.optional(z.nullable(z.string())),
  user: z.string(),
  text: z.string(),
  ts: z.string().check(z.minLength(1)),
  thread_ts: z.optional(z.string()),
  channel: z.string().check(z.minLength(1)),
});

/** ❌ on a message: https://docs.slack.dev/reference/events/reaction_added */
const crossSchema = z.object({
  type: z.literal("reaction_added"),
  user: z.string().check(z.minLength(1)),
  reaction: z.literal("x"),
  item_user: z.string(),
  item: z.object({
    type: z.literal("message"),
    channel: z.string().check(z.minLength(1)),
    ts: z.string().check(z.minLength(1)),
  }),
});

/** A message with files, or one also sent to the channel, is still a person's message. */
const personalSubtypes = new Set(["file_share", "thread_broadcast"]);

interface Delivery {
  id: string;
  teamId: string;
  botUserId: string | undefined;
  nowMs: number;
}

/** `POST /slack/events`: https://docs.slack.dev/apis/events-api */
export async function parseEvent(body: string, nowMs: number): Promise<Incoming> {
  const json = parseJson(body);
  if (json === undefined) return { kind: "malformed", reason: "the body is not JSON" };
  const envelope = envelopeSchema.safeParse(json);
  if (!envelope.success) {
    return typeof json === "object" && json !== null
      ? { kind: "ignored", reason: "not an event bugbot listens to" }
      : { kind: "malformed", reason: "the body is not a Slack event" };
  }
  if (envelope.data.type === "url_verification") return { kind: "answer", answer: { text: envelope.data.challenge } };

  const { team_id: teamId, event_id: eventId, authorizations, event } = envelope.data;
  const botUserId = authorizations?.[0]?.user_id || undefined;
  const delivery = { id: await commandId(eventId), teamId, botUserId, nowMs };
  return event.type === "reaction_added" ? readReaction(event, delivery) : readMessage(event, delivery);
}

function readMessage(event: unknown, { id, teamId, botUserId, nowMs }: Delivery): Incoming {
  const message = messageSchema.safeParse(event);
  if (!message.success || message.data.user === "") return { kind: "ignored", reason: "not a person's message" };
  const { type, channel_type: channelType, subtype, bot_id: botId, user, text, ts, channel } = message.data;
  if (type !== "app_mention" && !(type === "message" && channelType === "im")) {
    return { kind: "ignored", reason: `${type} is not for bugbot` };
  }
  if (botId || user === botUserId) return { kind: "ignored", reason: "a bot's message" };
  if (subtype && !personalSubtypes.has(subtype)) return { kind: "ignored", reason: subtype };

  const words = plainText(afterMention(text, botUserId)).slice(0, maxTextLength);
  const threadId = message.data.thread_ts || ts;
  return {
    kind: "command",
    command: {
      v: 1,
      id,
      ...parseWords(words),
      conversation: { platform: "slack", teamId, channelId: channel, threadId, messageId: ts },
      author: { id: user },
      references: findReferences(words),
      receivedAt: nowMs,
    },
  };
}

/** ❌ on a message of bugbot's asks to stop what it reports. Whether it is one, and who may ask, the consumer knows. */
function readReaction(event: unknown, { id, teamId, botUserId, nowMs }: Delivery): Incoming {
  const cross = crossSchema.safeParse(event);
  if (!cross.success) return { kind: "ignored", reason: "not a ❌ on a message" };
  const { user, item_user: author, item } = cross.data;
  if (author !== botUserId) return { kind: "ignored", reason: "a ❌ on someone else's message" };
  if (user === botUserId) return { kind: "ignored", reason: "bugbot's own ❌" };
  return {
    kind: "command",
    command: {
      v: 1,
      id,
      name: "stop",
      text: "",
      conversation: { platform: "slack", teamId, channelId: item.channel, messageId: item.ts },
      author: { id: user },
      references: {},
      receivedAt: nowMs,
    },
  };
}

/** What follows the bot's mention; what precedes it when nothing follows; all of it when there is none. */
function afterMention(text: string, botUserId: string | undefined): string {
  for (const { 0: found, 1: userId, index } of text.matchAll(/<@([UW][A-Z0-9]{1,30})(?:\|[^<>]{0,200})?>/g)) {
    if (botUserId === undefined || userId === botUserId) {
      return text.slice(index + found.length).trim() || text.slice(0, index);
    }
  }
  return text;
}
