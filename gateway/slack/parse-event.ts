import * as z from "zod/mini";
import type { Command } from "../../shared/command.ts";
import { parseWords } from "../../shared/grammar.ts";
import { maxTextLength } from "../../shared/limits.ts";
import { findReferences } from "../../shared/references/reference.ts";
import { slackFiles, slackWords } from "../../shared/slack-message.ts";
import type { Incoming, Parse } from "../platform.ts";
import { commandId } from "./command-id.ts";
import { parseJson } from "../parse-json.ts";
import { plainText } from "../../shared/slack-plain-text.ts";

const envelopeSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("url_verification"), challenge: z.string() }),
  z.object({
    type: z.literal("event_callback"),
    team_id: z.string(),
    event_id: z.string(),
    api_app_id: z.optional(z.nullable(z.string())),
    authorizations: z.optional(z.nullable(z.array(z.object({ user_id: z.optional(z.nullable(z.string())) })))),
    event: z.looseObject({ type: z.string() }),
  }),
]);

/** Only what is read of https://docs.slack.dev/reference/events/app_mention and message.im. */
const messageSchema = z.object({
  type: z.string(),
  channel_type: z.optional(z.string()),
  subtype: z.optional(z.string()),
  /** A person has a `user`; a bot a `bot_id`, an `app_id` mostly, and a `user` where it is an app's bot user. */
  bot_id: z.optional(z.nullable(z.string())),
  app_id: z.optional(z.nullable(z.string())),
  user: z.optional(z.nullable(z.string())),
  username: z.optional(z.nullable(z.string())),
  text: z.string(),
  ts: z.string().check(z.minLength(1)),
  thread_ts: z.optional(z.string()),
  channel: z.string().check(z.minLength(1)),
  attachments: z.optional(z.unknown()),
  files: z.optional(z.unknown()),
});
type Message = z.infer<typeof messageSchema>;

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
/** A webhook's or a workflow's. */
const botSubtype = "bot_message";

interface Delivery {
  id: string;
  teamId: string;
  botUserId: string | undefined;
  appId: string | undefined;
  allowedBots: readonly string[];
  nowMs: number;
}

/** `POST /slack/events`: https://docs.slack.dev/apis/events-api. Of other bots only those in `allowedBots`, by any of their ids, are heard. */
export function createParseEvent(allowedBots: readonly string[]): Parse {
  return (body, nowMs) => parseEvent(body, nowMs, allowedBots);
}

async function parseEvent(body: string, nowMs: number, allowedBots: readonly string[]): Promise<Incoming> {
  const json = parseJson(body);
  if (json === undefined) return { kind: "malformed", reason: "the body is not JSON" };
  const envelope = envelopeSchema.safeParse(json);
  if (!envelope.success) {
    return typeof json === "object" && json !== null
      ? { kind: "ignored", reason: "not an event bugbot listens to" }
      : { kind: "malformed", reason: "the body is not a Slack event" };
  }
  if (envelope.data.type === "url_verification") return { kind: "answer", answer: { text: envelope.data.challenge } };

  const { team_id: teamId, event_id: eventId, api_app_id: appId, authorizations, event } = envelope.data;
  const botUserId = authorizations?.[0]?.user_id || undefined;
  const delivery = { id: await commandId(eventId), teamId, botUserId, appId: appId || undefined, allowedBots, nowMs };
  return event.type === "reaction_added" ? readReaction(event, delivery) : readMessage(event, delivery);
}

function readMessage(event: unknown, delivery: Delivery): Incoming {
  const { id, teamId, botUserId, nowMs } = delivery;
  const message = messageSchema.safeParse(event);
  if (!message.success) return { kind: "ignored", reason: "not a message" };
  const { type, channel_type: channelType, subtype, text, ts, channel, attachments } = message.data;
  if (type !== "app_mention" && !(type === "message" && channelType === "im")) {
    return { kind: "ignored", reason: `${type} is not for bugbot` };
  }
  const author = authorOf(message.data, delivery);
  if (!author) return { kind: "ignored", reason: "a bot's message, or nobody's" };
  if (subtype && !personalSubtypes.has(subtype) && !(author.bot && subtype === botSubtype)) {
    return { kind: "ignored", reason: subtype };
  }

  const quoted = slackWords({ attachments }, author.bot === true);
  const words = [plainText(afterMention(text, botUserId)), quoted].filter((part) => part !== "").join("\n");
  const asked = words.slice(0, maxTextLength);
  const files = slackFiles(message.data.files);
  const threadId = message.data.thread_ts || ts;
  return {
    kind: "command",
    command: {
      v: 1,
      id,
      ...parseWords(asked),
      conversation: { platform: "slack", teamId, channelId: channel, threadId, messageId: ts },
      author,
      ...(files.length > 0 && { files }),
      references: findReferences(asked),
      receivedAt: nowMs,
    },
  };
}

/** Who wrote it, where that may ask: a person, or a bot on the operator's list. Never bugbot itself, whatever is listed. */
function authorOf(message: Message, { botUserId, appId, allowedBots }: Delivery): Command["author"] | undefined {
  const { bot_id: botId, app_id: messageAppId, user, username, subtype } = message;
  if (user && user === botUserId) return undefined;
  if (!botId && subtype !== botSubtype) return user ? { id: user } : undefined;
  if (messageAppId && messageAppId === appId) return undefined;
  const ids = [botId, user, messageAppId].filter((id) => typeof id === "string");
  const [id] = ids;
  if (!id || !ids.some((one) => allowedBots.includes(one))) return undefined;
  return { id, ...(username && { name: username }), bot: true };
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
