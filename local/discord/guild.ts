import type { DiscordMessage } from "./message.ts";

export interface DiscordUser {
  id: string;
  username: string;
  globalName: string | null;
  isBot: boolean;
}

export interface DiscordChannel {
  id: string;
  /** 0 a guild's text channel, 1 a direct one, 11 a public thread. */
  type: 0 | 1 | 11;
  name: string;
  parentId?: string;
  ownerId?: string;
  recipientId?: string;
  createdAt: number;
  /** Default "write". */
  botMay: "nothing" | "read" | "write";
  messages: DiscordMessage[];
}

export type GuildEvent =
  | { type: "MESSAGE_CREATE" | "MESSAGE_UPDATE" | "MESSAGE_DELETE"; channel: DiscordChannel; message: DiscordMessage }
  | { type: "THREAD_CREATE"; channel: DiscordChannel };

export interface GuildIdentity {
  guildId: string;
  applicationId: string;
  bot: DiscordUser;
  /** Whether the application was granted the privileged MESSAGE_CONTENT intent. */
  messageContent: boolean;
  /** Whether channels and messages it has never seen are taken to exist. */
  acceptUnknown: boolean;
  now: () => number;
}

export const people = {
  alice: { id: "1100000000000000021", username: "alice", globalName: "Alice Doe", isBot: false },
  bob: { id: "1100000000000000022", username: "bob", globalName: "Bob Roe", isBot: false },
} satisfies Record<string, DiscordUser>;
export const bugsChannelId = "1100000000000000010";

const discordEpochMs = 1_420_070_400_000;

/** What Discord remembers of one guild, and of the bot's direct channels. */
export function createGuild(identity: GuildIdentity) {
  const { bot, now } = identity;
  const users = new Map<string, DiscordUser>([bot, people.alice, people.bob].map((user) => [user.id, user]));
  const channels = new Map<string, DiscordChannel>();
  const listeners = new Set<(event: GuildEvent) => void>();
  let lastId = 0n;

  const emit = (event: GuildEvent) => {
    for (const listener of listeners) listener(event);
  };

  /** Unique and growing. https://discord.com/developers/docs/reference#snowflakes */
  function nextId(): string {
    const next = BigInt(Date.now() - discordEpochMs) << 22n;
    lastId = next > lastId ? next : lastId + 1n;
    return String(lastId);
  }

  function addChannel(given: Partial<DiscordChannel> & { name: string }): DiscordChannel {
    const { id = nextId() } = given;
    const fresh: DiscordChannel = { type: 0, botMay: "write", messages: [], createdAt: now(), ...given, id };
    const channel = channels.get(id) ?? fresh;
    channels.set(id, channel);
    return channel;
  }

  function directChannel(userId: string): DiscordChannel {
    const known = [...channels.values()].find(({ recipientId }) => recipientId === userId);
    return known ?? addChannel({ name: "", type: 1, recipientId: userId });
  }

  function findMessage(messageId: string): DiscordMessage | undefined {
    for (const { messages } of channels.values()) {
      const found = messages.find(({ id }) => id === messageId);
      if (found) return found;
    }
    return undefined;
  }

  function post(channel: DiscordChannel, given: Partial<DiscordMessage> & { authorId: string }): DiscordMessage {
    const message: DiscordMessage = {
      type: 0,
      content: "",
      embeds: [],
      components: [],
      attachments: [],
      flags: 0,
      mentionIds: [],
      mentionRoleIds: [],
      mentionEveryone: false,
      createdAt: now(),
      edits: [],
      reactions: [],
      ...given,
      id: given.id ?? nextId(),
      channelId: channel.id,
    };
    channel.messages.push(message);
    emit({ type: "MESSAGE_CREATE", channel, message });
    return message;
  }

  function update(message: DiscordMessage, changes: Partial<DiscordMessage>, before?: string): DiscordMessage {
    if (before !== undefined) message.edits.push(before);
    Object.assign(message, changes);
    const channel = channels.get(message.channelId);
    if (channel) emit({ type: "MESSAGE_UPDATE", channel, message });
    return message;
  }

  function remove(message: DiscordMessage): void {
    const channel = channels.get(message.channelId);
    if (!channel?.messages.includes(message)) return;
    channel.messages = channel.messages.filter((each) => each !== message);
    emit({ type: "MESSAGE_DELETE", channel, message });
  }

  addChannel({ id: bugsChannelId, name: "bugs" });
  return {
    ...identity,
    users,
    channels,
    listeners,
    emit,
    nextId,
    addChannel,
    directChannel,
    findMessage,
    post,
    update,
    remove,
  };
}
export type Guild = ReturnType<typeof createGuild>;
