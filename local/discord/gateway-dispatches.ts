import { mayRead, shownMessage } from "./message-answers.ts";
import { shownChannel, shownMember, shownUser, userOf } from "./channel-answers.ts";
import type { Guild, GuildEvent } from "./guild.ts";

// https://discord.com/developers/docs/events/gateway#gateway-intents
export const intents = {
  guilds: 1 << 0,
  guildMembers: 1 << 1,
  guildPresences: 1 << 8,
  guildMessages: 1 << 9,
  directMessages: 1 << 12,
  messageContent: 1 << 15,
};
export const privilegedIntents = intents.guildMembers | intents.guildPresences | intents.messageContent;
/** Every intent there is. */
export const knownIntents = ((1 << 17) - 1) | (1 << 20) | (1 << 21) | (1 << 24) | (1 << 25);

export interface Dispatch {
  t: string;
  d: unknown;
}

/** What a session with these intents hears of an event; undefined where that is nothing. */
export function dispatchOf(event: GuildEvent, guild: Guild, sessionIntents: number): Dispatch | undefined {
  const has = (intent: number) => (sessionIntents & intent) !== 0;
  const { type, channel } = event;
  if (type === "THREAD_CREATE")
    return has(intents.guilds) ? { t: type, d: { ...shownChannel(channel, guild), newly_created: true } } : undefined;
  const { message } = event;
  const isDirect = channel.type === 1;
  if (message.ephemeralTo !== undefined || channel.botMay === "nothing") return undefined;
  if (!has(isDirect ? intents.directMessages : intents.guildMessages)) return undefined;
  const place = isDirect ? {} : { guild_id: guild.guildId };
  if (type === "MESSAGE_DELETE") return { t: type, d: { id: message.id, channel_id: channel.id, ...place } };
  const readable = mayRead(message, guild, has(intents.messageContent));
  const mentioned = message.mentionIds.map((id) => shownUser(userOf(guild, id)));
  return {
    t: type,
    d: {
      ...shownMessage(message, guild, { readable }),
      ...place,
      channel_type: channel.type,
      ...(!isDirect && {
        member: shownMember(),
        mentions: mentioned.map((user) => ({ ...user, member: shownMember() })),
      }),
    },
  };
}

/** What a session hears first of the guild it is in. */
export function guildCreate(guild: Guild): Dispatch {
  const channels = [...guild.channels.values()].filter(({ type }) => type !== 1);
  const shown = (type: number) =>
    channels.filter((each) => each.type === type).map((each) => shownChannel(each, guild));
  const users = [...guild.users.values()];
  return {
    t: "GUILD_CREATE",
    d: {
      id: guild.guildId,
      name: "Acme",
      unavailable: false,
      large: false,
      owner_id: users[1]?.id,
      member_count: users.length,
      joined_at: "2024-01-01T00:00:00.000000+00:00",
      preferred_locale: "en-US",
      members: users.map((user) => ({ ...shownMember(), user: shownUser(user) })),
      channels: shown(0),
      threads: shown(11),
      roles: [],
      emojis: [],
      stickers: [],
      presences: [],
      voice_states: [],
      stage_instances: [],
      guild_scheduled_events: [],
      soundboard_sounds: [],
      features: [],
    },
  };
}
