import { createHmac, randomUUID } from "node:crypto";
import { type SlackChannel, type SlackMessage, type SlackWorkspace } from "./workspace.ts";

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
}

/** Ready to be POSTed to the gateway as it is. */
export interface SignedEvent {
  body: string;
  headers: Record<string, string>;
  message: SlackMessage;
}

/** The person's side: what they write lands in the workspace and comes out as the signed event Slack would send. */
export function createPerson(workspace: SlackWorkspace, signingSecret: string) {
  const { teamId, appId, bot } = workspace;
  const sent = new Map<string, { body: string; message: SlackMessage; deliveries: number }>();

  /** https://docs.slack.dev/authentication/verifying-requests-from-slack */
  function sign(body: string, timestampSeconds = Math.floor(Date.now() / 1000)): Record<string, string> {
    const signature = createHmac("sha256", signingSecret).update(`v0:${timestampSeconds}:${body}`).digest("hex");
    return { "x-slack-request-timestamp": String(timestampSeconds), "x-slack-signature": `v0=${signature}` };
  }

  function deliver(
    channel: SlackChannel,
    text: string,
    type: "app_mention" | "message",
    { user = "U0ALICE", threadTs, eventId = `Ev${randomUUID().slice(0, 8).toUpperCase()}`, eventTime }: PersonSays,
  ): SignedEvent {
    const delivery = sent.get(eventId) ?? { ...write(), deliveries: 0 };
    sent.set(eventId, { ...delivery, deliveries: delivery.deliveries + 1 });
    const again = delivery.deliveries > 0 && {
      "x-slack-retry-num": String(delivery.deliveries),
      "x-slack-retry-reason": "http_timeout",
    };
    const headers = { "content-type": "application/json", ...sign(delivery.body), ...again };
    return { body: delivery.body, headers, message: delivery.message };

    function write() {
      const message = workspace.post(channel, { user, text, ...(threadTs && { threadTs }) });
      const parent = channel.messages.find(({ ts }) => ts === threadTs);
      const event = {
        type,
        user,
        text,
        ts: message.ts,
        client_msg_id: randomUUID(),
        team: teamId,
        blocks: [{ type: "rich_text", block_id: "b1", elements: richText(text) }],
        channel: channel.id,
        event_ts: message.ts,
        ...(threadTs && { thread_ts: threadTs }),
        ...(threadTs && type === "message" && { parent_user_id: parent?.user }),
        ...(type === "message" && { channel_type: channel.isIm ? "im" : "channel" }),
      };
      const bodyOf = {
        token: "deprecated-verification-token",
        team_id: teamId,
        context_team_id: teamId,
        context_enterprise_id: null,
        api_app_id: appId,
        event,
        type: "event_callback",
        event_id: eventId,
        event_time: eventTime ?? Math.floor(Number(message.ts)),
        authorizations: [
          { enterprise_id: null, team_id: teamId, user_id: bot.id, is_bot: true, is_enterprise_install: false },
        ],
        is_ext_shared_channel: false,
        event_context: `4-${Buffer.from(JSON.stringify({ et: type, tid: teamId, cid: channel.id })).toString("base64url")}`,
      };
      return { body: JSON.stringify(bodyOf), message };
    }
  }

  return {
    sign,
    /** `@bugbot <text>`, in a channel or a thread of it. */
    mention: (text: string, says: PersonSays = {}): SignedEvent => {
      const channel = workspace.addChannel(says.channel ?? "C0BUGS", "bugs");
      return deliver(channel, text.includes(`<@${bot.id}>`) ? text : `<@${bot.id}> ${text}`, "app_mention", says);
    },
    directMessage: (text: string, says: PersonSays = {}): SignedEvent => {
      const { user = "U0ALICE" } = says;
      return deliver(workspace.addChannel(says.channel ?? `D${user.slice(1)}`, user, true), text, "message", says);
    },
  };
}

function richText(text: string) {
  const parts = text.split(/(<@[A-Z0-9]+>)/).filter((part) => part !== "");
  const elements = parts.map((part) =>
    part.startsWith("<@") ? { type: "user", user_id: part.slice(2, -1) } : { type: "text", text: part },
  );
  return [{ type: "rich_text_section", elements }];
}
