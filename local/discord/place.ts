import { bugsChannelId, type DiscordChannel, type Guild, people } from "./guild.ts";

export interface PersonDoes {
  /** Default alice's id. */
  user?: string;
  /** A channel's or a thread's id. Default "bugs". */
  channel?: string;
  /** In the person's direct channel with the bot. */
  direct?: boolean;
  /** The same id again is Discord delivering the same interaction again. */
  interactionId?: string;
}

/** Where a person acts. */
export function placeOf(guild: Guild, { user = people.alice.id, channel, direct }: PersonDoes): DiscordChannel {
  if (direct) return guild.directChannel(user);
  const place = guild.channels.get(channel ?? bugsChannelId);
  if (!place) throw new Error(`there is no channel ${channel}`);
  return place;
}
