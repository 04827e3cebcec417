import { type Arguments, flagOf, type Method, SlackError, textOf } from "./arguments.ts";
import {
  type SlackChannel,
  type SlackFile,
  type SlackMessage,
  type SlackWorkspace,
  visibleMessages,
} from "./workspace.ts";

// https://docs.slack.dev/reference/methods/conversations.replies and …/conversations.history
const maxPageSize = 1_000;
const defaultRepliesPageSize = 1_000;
const defaultHistoryPageSize = 100;

/** A message as the Web API shows it. */
export function shownMessage(
  message: SlackMessage,
  channel: SlackChannel,
  workspace: SlackWorkspace,
  metadata = false,
) {
  const replies = channel.messages.filter((reply) => reply.threadTs === message.ts && !reply.ephemeralTo);
  const parent = channel.messages.find((candidate) => candidate.ts === message.threadTs);
  const edit = message.edits.at(-1);
  return {
    type: "message",
    // A webhook and a workflow have a name and no user.
    ...(!message.username && { user: message.user }),
    ts: message.ts,
    text: message.text,
    team: workspace.teamId,
    ...(message.botId && { bot_id: message.botId }),
    ...(message.botId === workspace.botId && { app_id: workspace.appId }),
    ...(message.username && { username: message.username, subtype: "bot_message" }),
    ...(message.attachments && { attachments: message.attachments }),
    ...(message.blocks && { blocks: message.blocks }),
    ...(message.stream && { streaming_state: message.stream.isOpen ? "in_progress" : "completed" }),
    ...(message.files && { files: message.files.map(shownFile) }),
    ...(edit && !message.blocks && { edited: { user: message.user, ts: edit.ts } }),
    ...(message.threadTs && { thread_ts: message.threadTs, parent_user_id: parent?.user }),
    ...(replies.length > 0 && {
      thread_ts: message.ts,
      reply_count: replies.length,
      reply_users: [...new Set(replies.map((reply) => reply.user))],
      latest_reply: replies.at(-1)?.ts,
    }),
    ...(message.reactions.length > 0 && {
      reactions: message.reactions.map(({ name, users }) => ({ name, users, count: users.length })),
    }),
    ...(metadata && message.metadata && { metadata: message.metadata }),
  };
}

export function shownFile({ id, name, title, size }: SlackFile) {
  const permalink = `https://acme.slack.com/files/${id}/${name}`;
  return { id, name, title, size, permalink, mimetype: "text/plain", filetype: "text", mode: "snippet" };
}

export function channelOf(workspace: SlackWorkspace, given: Arguments): SlackChannel {
  const id = textOf(given, "channel") ?? "";
  const channel = workspace.channels.get(id);
  if (channel) return channel;
  if (!workspace.acceptUnknownThreads || id === "") throw new SlackError("channel_not_found");
  return workspace.addChannel(id, id.toLowerCase());
}

export function messageOf(
  workspace: SlackWorkspace,
  channel: SlackChannel,
  ts: string | undefined,
  unknown = "message_not_found",
): SlackMessage {
  const message = channel.messages.find((candidate) => candidate.ts === ts && !candidate.ephemeralTo);
  if (message) return message;
  if (!workspace.acceptUnknownThreads || !ts) throw new SlackError(unknown);
  return workspace.addUnseen(channel, ts);
}

/** The methods that change nothing. */
export function createReadingMethods(workspace: SlackWorkspace): Record<string, Method> {
  const { bot, botId, teamId, domain, users } = workspace;

  function page(messages: SlackMessage[], channel: SlackChannel, given: Arguments, defaultSize: number) {
    const size = Math.min(Number(textOf(given, "limit") ?? defaultSize), maxPageSize);
    if (!(size > 0)) throw new SlackError("invalid_limit");
    const start = startOf(textOf(given, "cursor"));
    const next = start + size < messages.length ? Buffer.from(`next:${start + size}`).toString("base64") : "";
    const metadata = flagOf(given, "include_all_metadata");
    return {
      messages: messages.slice(start, start + size).map((one) => shownMessage(one, channel, workspace, metadata)),
      has_more: next !== "",
      ...(next && { response_metadata: { next_cursor: next } }),
    };
  }

  return {
    "auth.test": () => ({
      url: `https://${domain}.slack.com/`,
      team: domain,
      user: bot.name,
      team_id: teamId,
      user_id: bot.id,
      bot_id: botId,
      is_enterprise_install: false,
    }),
    "chat.getPermalink": (given) => {
      const channel = channelOf(workspace, given);
      const { ts, threadTs } = messageOf(workspace, channel, textOf(given, "message_ts"));
      const query = threadTs ? `?thread_ts=${threadTs}&cid=${channel.id}` : "";
      const permalink = `https://${domain}.slack.com/archives/${channel.id}/p${ts.replace(".", "")}${query}`;
      return { channel: channel.id, permalink };
    },
    "conversations.replies": (given) => {
      const channel = channelOf(workspace, given);
      const asked = messageOf(workspace, channel, textOf(given, "ts"), "thread_not_found");
      return page(visibleMessages(channel, asked.threadTs ?? asked.ts), channel, given, defaultRepliesPageSize);
    },
    "conversations.history": (given) => {
      const channel = channelOf(workspace, given);
      return page(visibleMessages(channel).toReversed(), channel, given, defaultHistoryPageSize);
    },
    "conversations.info": (given) => {
      const { id, name, isIm } = channelOf(workspace, given);
      const channel = { id, name, name_normalized: name, is_channel: !isIm, is_im: isIm, is_group: false };
      return { channel: { ...channel, is_private: isIm, is_archived: false, is_member: true, created: 1_700_000_000 } };
    },
    "users.info": (given) => {
      const user = users.get(textOf(given, "user") ?? "");
      if (!user) throw new SlackError("user_not_found");
      const { id, name, realName, email, isBot } = user;
      const profile = { real_name: realName, display_name: name, ...(email && { email }) };
      return { user: { id, team_id: teamId, name, real_name: realName, is_bot: isBot, deleted: false, profile } };
    },
  };
}

function startOf(cursor: string | undefined): number {
  if (cursor === undefined || cursor === "") return 0;
  const start = /^next:(\d+)$/.exec(Buffer.from(cursor, "base64").toString())?.[1];
  if (start === undefined) throw new SlackError("invalid_cursor");
  return Number(start);
}
