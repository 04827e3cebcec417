import type { ResponseUrl } from "./response-url.ts";
import type { SlackStream } from "./streams.ts";
import type { SlackView, Trigger } from "./views.ts";

export interface SlackUser {
  id: string;
  name: string;
  realName: string;
  email?: string;
  isBot: boolean;
}

export interface SlackFile {
  id: string;
  name: string;
  title: string;
  /** In bytes, as announced. */
  size: number;
  /** Set once it was uploaded. */
  content?: string;
}

export interface SlackMessage {
  ts: string;
  threadTs?: string;
  user: string;
  botId?: string;
  /** Another app's name, where it is not the bot. */
  username?: string;
  text: string;
  blocks?: { type: string }[];
  attachments?: Record<string, unknown>[];
  metadata?: { event_type: string; event_payload: Record<string, unknown> };
  /** What the message said before, oldest first. */
  edits: { text: string; ts: string }[];
  reactions: { name: string; users: string[] }[];
  files?: SlackFile[];
  /** Set where it was streamed. */
  stream?: SlackStream;
  /** Set when only this user sees it. */
  ephemeralTo?: string;
}

export interface SlackChannel {
  id: string;
  name: string;
  isIm: boolean;
  messages: SlackMessage[];
}

export interface SlackInstallation {
  teamId: string;
  /** The workspace's name in its URLs. */
  domain: string;
  appId: string;
  botId: string;
  bot: SlackUser;
  /** Whether messages, channels and clicks it has never seen are taken to exist. */
  acceptUnknownThreads: boolean;
}

/** What Slack remembers of one workspace. */
export function createWorkspace(installation: SlackInstallation) {
  const people: SlackUser[] = [
    installation.bot,
    { id: "U0ALICE", name: "alice", realName: "Alice Doe", email: "alice@example.com", isBot: false },
    { id: "U0BOB", name: "bob", realName: "Bob Roe", email: "bob@example.com", isBot: false },
  ];
  const users = new Map(people.map((user) => [user.id, user]));
  const channels = new Map<string, SlackChannel>();
  const interactivity = {
    /** By trigger id. */
    triggers: new Map<string, Trigger>(),
    /** Every form that was opened, the latest last. */
    views: Array.of<SlackView>(),
    /** By path. */
    responseUrls: new Map<string, ResponseUrl>(),
  };
  const files = new Map<string, SlackFile>();
  /** What the bot is doing, by channel and thread: `C0BUGS 1.1`. */
  const statusLines = new Map<string, string>();
  let lastMicroseconds = 0;

  /** Unique and growing: a message's id in its channel. */
  function nextTs(): string {
    lastMicroseconds = Math.max(Date.now() * 1000, lastMicroseconds + 1);
    return `${Math.floor(lastMicroseconds / 1e6)}.${String(lastMicroseconds % 1e6).padStart(6, "0")}`;
  }

  function addChannel(id: string, name: string, isIm = false): SlackChannel {
    const channel = channels.get(id) ?? { id, name, isIm, messages: [] };
    channels.set(id, channel);
    return channel;
  }

  function post(channel: SlackChannel, message: Omit<SlackMessage, "ts" | "edits" | "reactions">): SlackMessage {
    const posted = { ...message, ts: nextTs(), edits: [], reactions: [] };
    channel.messages.push(posted);
    // What the bot says takes the place of what it was doing.
    if (posted.botId === installation.botId) statusLines.delete(`${channel.id} ${posted.threadTs}`);
    return posted;
  }

  /** A message that an event spoke of and nobody wrote here. */
  function addUnseen(channel: SlackChannel, ts: string): SlackMessage {
    const message = { ts, user: "U0ALICE", text: "(not seen by the stand-in)", edits: [], reactions: [] };
    channel.messages.push(message);
    return message;
  }

  addChannel("C0BUGS", "bugs");
  return {
    ...installation,
    ...interactivity,
    users,
    channels,
    files,
    statusLines,
    nextTs,
    addChannel,
    addUnseen,
    post,
  };
}
export type SlackWorkspace = ReturnType<typeof createWorkspace>;

/** The messages everyone sees; in a thread, its first message included. */
export function visibleMessages(channel: SlackChannel, threadTs?: string): SlackMessage[] {
  const visible = channel.messages.filter((message) => message.ephemeralTo === undefined);
  if (threadTs === undefined) return visible.filter((message) => message.threadTs === undefined);
  return visible.filter((message) => message.ts === threadTs || message.threadTs === threadTs);
}

/** The message of that `ts`, wherever it was written. */
export function locate({ channels }: SlackWorkspace, ts: string): { channel: SlackChannel; message: SlackMessage } {
  for (const channel of channels.values()) {
    const message = channel.messages.find((candidate) => candidate.ts === ts);
    if (message) return { channel, message };
  }
  throw new Error(`no message ${ts}`);
}
