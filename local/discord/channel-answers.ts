import type { DiscordChannel, DiscordUser, Guild } from "./guild.ts";

export const isoTime = (ms: number) => new Date(ms).toISOString().replace("Z", "000+00:00");

export function shownUser({ id, username, globalName, isBot }: DiscordUser) {
  return {
    id,
    username,
    avatar: null,
    discriminator: isBot ? "0001" : "0",
    public_flags: 0,
    flags: 0,
    global_name: globalName,
    ...(isBot && { bot: true }),
    banner: null,
    accent_color: null,
    avatar_decoration_data: null,
    collectibles: null,
    primary_guild: null,
  };
}

/** A guild's member, without the user. */
export function shownMember() {
  return {
    nick: null,
    avatar: null,
    banner: null,
    roles: [],
    joined_at: "2024-01-01T00:00:00.000000+00:00",
    premium_since: null,
    pending: false,
    communication_disabled_until: null,
    deaf: false,
    mute: false,
    flags: 0,
  };
}

export function shownChannel(channel: DiscordChannel, guild: Guild) {
  const { id, type, name, parentId, ownerId, recipientId, messages, createdAt } = channel;
  const common = { id, type, flags: 0, last_message_id: messages.at(-1)?.id ?? null };
  if (type === 1) return { ...common, recipients: [shownUser(userOf(guild, recipientId ?? ""))] };
  const named = { ...common, guild_id: guild.guildId, name, rate_limit_per_user: 0 };
  if (type === 0) {
    const place = { parent_id: null, topic: null, position: 0, permission_overwrites: [], nsfw: false };
    return { ...named, ...place, last_pin_timestamp: null };
  }
  const written = messages.filter((message) => message.type !== 21).length;
  return {
    ...named,
    parent_id: parentId ?? null,
    owner_id: ownerId ?? guild.bot.id,
    thread_metadata: {
      archived: false,
      archive_timestamp: isoTime(createdAt),
      auto_archive_duration: 4320,
      locked: false,
      create_timestamp: isoTime(createdAt),
    },
    message_count: written,
    member_count: 1,
    total_message_sent: written,
  };
}

export function userOf(guild: Guild, id: string): DiscordUser {
  return guild.users.get(id) ?? { id, username: `user${id}`, globalName: null, isBot: false };
}

/** Who an installed application answers to: the guild it is in, or nobody in a direct channel. */
export function integrationOwners(guild: Guild, isDirect: boolean): Record<string, string> {
  return { "0": isDirect ? "0" : guild.guildId };
}
