import { randomUUID } from "node:crypto";
import type { Arguments } from "./arguments.ts";
import { createSender, type SignedRequest } from "./sign.ts";
import { locate, type SlackChannel, type SlackMessage, type SlackWorkspace } from "./workspace.ts";

export interface PersonSays {
  /** Default "U0ALICE". */
  user?: string;
  /** Default "C0BUGS", or the person's direct channel. */
  channel?: string;
  threadTs?: string;
  /** The same id again is Slack delivering the same event again. */
  eventId?: string;
  /** Seconds since the epoch. */
  eventTime?: number;
  /** Another app writes it, as a workflow or a webhook does: without a user. */
  bot?: { botId: string; name: string };
}

export interface SignedEvent extends SignedRequest {
  message: SlackMessage;
}

/** What a person writes and how they react lands in the workspace and comes out as the signed event Slack would send. */
export function createPerson(workspace: SlackWorkspace, signingSecret: string) {
  const { sign, send } = createSender(signingSecret);
  const { teamId, appId, bot } = workspace;
  const written = new Map<string, SlackMessage>();

  function deliver(
    channel: SlackChannel,
    text: string,
    type: "app_mention" | "message",
    says: PersonSays,
  ): SignedEvent {
    const { user: person = "U0ALICE", threadTs, eventId = newEventId(), eventTime, bot: app } = says;
    const user = app?.botId ?? person;
    const author = app ? { user, botId: app.botId, username: app.name } : { user };
    const message = written.get(eventId) ?? workspace.post(channel, { ...author, text, ...(threadTs && { threadTs }) });
    written.set(eventId, message);
    const parent = channel.messages.find(({ ts }) => ts === threadTs);
    const request = send("/slack/events", eventId, () =>
      envelope(eventId, eventTime ?? Math.floor(Number(message.ts)), channel, {
        type,
        ...(app ? { subtype: "bot_message", bot_id: app.botId, username: app.name } : { user }),
        text,
        ts: message.ts,
        ...(!app && { client_msg_id: randomUUID() }),
        team: teamId,
        blocks: [{ type: "rich_text", block_id: "b1", elements: richText(text) }],
        channel: channel.id,
        event_ts: message.ts,
        ...(threadTs && { thread_ts: threadTs }),
        ...(threadTs && type === "message" && { parent_user_id: parent?.user }),
        ...(type === "message" && { channel_type: channel.isIm ? "im" : "channel" }),
      }),
    );
    return { ...request, message };
  }

  function envelope(eventId: string, eventTime: number, channel: SlackChannel, event: Arguments): string {
    return JSON.stringify({
      token: "deprecated-verification-token",
      team_id: teamId,
      context_team_id: teamId,
      context_enterprise_id: null,
      api_app_id: appId,
      event,
      type: "event_callback",
      event_id: eventId,
      event_time: eventTime,
      authorizations: [
        { enterprise_id: null, team_id: teamId, user_id: bot.id, is_bot: true, is_enterprise_install: false },
      ],
      is_ext_shared_channel: false,
      event_context: `4-${Buffer.from(JSON.stringify({ et: event["type"], tid: teamId, cid: channel.id })).toString("base64url")}`,
    });
  }

  return {
    sign,
    send,
    /** `@bugbot <text>`, in a channel or a thread of it. */
    mention: (text: string, says: PersonSays = {}): SignedEvent => {
      const channel = workspace.addChannel(says.channel ?? "C0BUGS", "bugs");
      return deliver(channel, text.includes(`<@${bot.id}>`) ? text : `<@${bot.id}> ${text}`, "app_mention", says);
    },
    directMessage: (text: string, says: PersonSays = {}): SignedEvent => {
      const { user = "U0ALICE" } = says;
      return deliver(workspace.addChannel(says.channel ?? `D${user.slice(1)}`, user, true), text, "message", says);
    },
    /** Slack's own stop button, shown in a thread while an agent is at work. Its streams there end with it. */
    stopSession: (thread: { ts: string }, says: Pick<PersonSays, "user" | "eventId"> = {}): SignedRequest => {
      const { user = "U0ALICE", eventId = newEventId() } = says;
      const { channel } = locate(workspace, thread.ts);
      return send("/slack/events", eventId, () => {
        const streams = channel.messages.filter((one) => one.threadTs === thread.ts && one.stream?.isOpen);
        for (const { stream } of streams) if (stream) stream.isOpen = false;
        const at = workspace.nextTs();
        return envelope(eventId, Math.floor(Number(at)), channel, {
          type: "agent_session_stopped",
          channel: channel.id,
          thread_ts: thread.ts,
          streaming_message_ts: streams.map(({ ts }) => ts),
          user,
          event_ts: at,
        });
      });
    },
    /** `name` is without colons, as in "x". */
    react: (name: string, { ts }: { ts: string }, says: Pick<PersonSays, "user" | "eventId"> = {}): SignedEvent => {
      const { user = "U0ALICE", eventId = newEventId() } = says;
      const { channel, message } = locate(workspace, ts);
      const reaction = message.reactions.find((known) => known.name === name);
      if (!reaction) message.reactions.push({ name, users: [user] });
      else if (!reaction.users.includes(user)) reaction.users.push(user);
      const request = send("/slack/events", eventId, () => {
        const at = workspace.nextTs();
        return envelope(eventId, Math.floor(Number(at)), channel, {
          type: "reaction_added",
          user,
          reaction: name,
          item: { type: "message", channel: channel.id, ts },
          item_user: message.user,
          event_ts: at,
        });
      });
      return { ...request, message };
    },
  };
}

function newEventId(): string {
  return `Ev${randomUUID().slice(0, 8).toUpperCase()}`;
}

function richText(text: string) {
  const parts = text.split(/(<@[A-Z0-9]+>)/).filter((part) => part !== "");
  const elements = parts.map((part) =>
    part.startsWith("<@") ? { type: "user", user_id: part.slice(2, -1) } : { type: "text", text: part },
  );
  return [{ type: "rich_text_section", elements }];
}
