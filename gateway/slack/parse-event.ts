import * as z from "zod/mini";
import type { Command } from "../../shared/command.ts";
import { parseWords } from "../../shared/grammar.ts";
import { maxTextLength } from "../../shared/limits.ts";
import { findReferences } from "../../shared/references/reference.ts";
import { slackFiles, slackQuotedAt, slackWords } from "../../shared/slack-message.ts";
import type { Incoming, Parse } from "../platform.ts";
import { commandId } from "./command-id.ts";
import { filled, isRecord, textOf } from "../fields.ts";
import { parseJson } from "../../shared/parse-json.ts";
import { plainText } from "../../shared/slack-plain-text.ts";

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

/** Slack's own stop button: https://docs.slack.dev/reference/events/agent_session_stopped */
const stoppedSchema = z.object({
  type: z.literal("agent_session_stopped"),
  user: z.string().check(z.minLength(1)),
  channel: z.string().check(z.minLength(1)),
  thread_ts: z.string().check(z.minLength(1)),
});

/** A message with files, or one also sent to the channel, is still a person's message. */
const personalSubtypes = new Set(["file_share", "thread_broadcast"]);
/** A webhook's or a workflow's. */
const botSubtype = "bot_message";

/** Only what is read of https://docs.slack.dev/reference/events/app_mention and message.im. */
interface Message {
  type: string | undefined;
  channelType: string | undefined;
  subtype: string | undefined;
  /** A person has a `user`; a bot a `bot_id`, an `app_id` mostly, and a `user` where it is an app's bot user. */
  botId: string | undefined;
  appId: string | undefined;
  user: string | undefined;
  username: string | undefined;
}

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

/** Reads the few fields by hand: every message of a workspace passes here, and schemas cost as much as all the rest together. */
async function parseEvent(body: string, nowMs: number, allowedBots: readonly string[]): Promise<Incoming> {
  const envelope = parseJson(body);
  if (envelope === undefined) return { kind: "malformed", reason: "the body is not JSON" };
  if (!isRecord(envelope)) return { kind: "malformed", reason: "the body is not a Slack event" };
  const challenge = textOf(envelope["challenge"]);
  if (envelope["type"] === "url_verification" && challenge !== undefined) {
    return { kind: "answer", answer: { text: challenge } };
  }
  const { team_id: teamId, event_id: eventId, event } = envelope;
  if (envelope["type"] !== "event_callback" || !filled(teamId) || !filled(eventId) || !isRecord(event)) {
    return { kind: "ignored", reason: "not an event bugbot listens to" };
  }
  const authorizations: unknown = envelope["authorizations"];
  const authorization: unknown = Array.isArray(authorizations) ? authorizations[0] : undefined;
  const botUserId = isRecord(authorization) ? textOf(authorization["user_id"]) || undefined : undefined;
  const appId = textOf(envelope["api_app_id"]) || undefined;
  const delivery = { id: await commandId(eventId), teamId, botUserId, appId, allowedBots, nowMs };
  if (event["type"] === "reaction_added") return readReaction(event, delivery);
  return event["type"] === "agent_session_stopped" ? readSessionStop(event, delivery) : readMessage(event, delivery);
}

function readMessage(event: Record<string, unknown>, delivery: Delivery): Incoming {
  const { id, teamId, botUserId, nowMs } = delivery;
  const { text: said, ts, channel, attachments } = event;
  if (typeof said !== "string" || !filled(ts) || !filled(channel)) return { kind: "ignored", reason: "not a message" };
  const message = {
    type: textOf(event["type"]),
    channelType: textOf(event["channel_type"]),
    subtype: textOf(event["subtype"]),
    botId: textOf(event["bot_id"]),
    appId: textOf(event["app_id"]),
    user: textOf(event["user"]),
    username: textOf(event["username"]),
  };
  const { type, channelType, subtype } = message;
  if (type !== "app_mention" && !(type === "message" && channelType === "im")) {
    return { kind: "ignored", reason: `${type} is not for bugbot` };
  }
  const author = authorOf(message, delivery);
  if (!author) return { kind: "ignored", reason: "a bot's message, or nobody's" };
  if (subtype && !personalSubtypes.has(subtype) && !(author.bot && subtype === botSubtype)) {
    return { kind: "ignored", reason: subtype };
  }

  const quoted = slackWords({ attachments }, author.bot === true);
  const words = [plainText(afterMention(said, botUserId)), quoted].filter((part) => part !== "").join("\n");
  const asked = words.slice(0, maxTextLength);
  const files = slackFiles(event["files"]);
  const threadId = textOf(event["thread_ts"]) || ts;
  return {
    kind: "command",
    command: {
      v: 1,
      id,
      ...parseWords(asked),
      conversation: { platform: "slack", teamId, channelId: channel, threadId, messageId: ts },
      author,
      reportedAt: slackQuotedAt({ attachments }),
      ...(files.length > 0 && { files }),
      references: findReferences(asked),
      receivedAt: nowMs,
    },
  };
}

/** Who wrote it, where that may ask: a person, or a bot on the operator's list. Never bugbot itself, whatever is listed. */
function authorOf(message: Message, { botUserId, appId, allowedBots }: Delivery): Command["author"] | undefined {
  const { botId, user, username, subtype } = message;
  if (user && user === botUserId) return undefined;
  if (!botId && subtype !== botSubtype) return user ? { id: user } : undefined;
  if (message.appId && message.appId === appId) return undefined;
  const ids = [botId, user, message.appId].filter((id) => id !== undefined);
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
  const conversation = { platform: "slack" as const, teamId, channelId: item.channel, messageId: item.ts };
  return { kind: "command", command: stopOf({ id, conversation, author: { id: user }, receivedAt: nowMs }) };
}

/** Stops what bugbot does in a thread. Which run that is, the consumer knows. */
function readSessionStop(event: unknown, { id, teamId, nowMs }: Delivery): Incoming {
  const stopped = stoppedSchema.safeParse(event);
  if (!stopped.success) return { kind: "ignored", reason: "not a stop in a thread" };
  const { user, channel: channelId, thread_ts: threadId } = stopped.data;
  const conversation = { platform: "slack" as const, teamId, channelId, threadId };
  return { kind: "command", command: stopOf({ id, conversation, author: { id: user }, receivedAt: nowMs }) };
}

/** A stop that needs no answer: the run's last word is one. */
function stopOf(by: Pick<Command, "id" | "conversation" | "author" | "receivedAt">): Command {
  return { v: 1, name: "stop", text: "", references: {}, ...by };
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
