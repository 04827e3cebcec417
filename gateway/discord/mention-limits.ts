/** How the socket is kept; sources: https://docs.discord.com/developers/events/gateway, /developers/topics/opcodes-and-status-codes. */

/** GUILD_MESSAGES and DIRECT_MESSAGES. None is privileged. */
export const intents = (1 << 9) | (1 << 12);

/** Any code but 1000 and 1001 keeps the session, so that it can be resumed. */
export const keepSession = 4000;
/** Ends the session: the bot goes offline. */
export const endSession = 1000;

/** After these Discord wants no new attempt until somebody changes something: see `fatalMs`. */
export const fatalCodes = new Map([
  [4004, "Discord refused the bot token"],
  [4010, "Discord refused the shard"],
  [4011, "the bot is in too many guilds for one connection"],
  [4012, "Discord no longer speaks this version of its gateway"],
  [4013, "Discord does not know these intents"],
  [4014, "Discord has not allowed these intents to the bot"],
]);
/** After these the session cannot be resumed: invalid sequence, session timed out. */
export const sessionLostCodes = new Set([4007, 4009]);
/** So many refused resumes in a row, and the session counts as lost. */
export const maxRefusedResumes = 3;
/** So many connections to the session's own address that never got a HELLO, and the general address is asked for. */
export const maxUnansweredResumes = 3;
/** Enough to reach any `maxBackoffMs`, and no overflow after a long outage. */
export const maxBackoffDoublings = 16;

export const dayMs = 24 * 60 * 60_000;
/** Discord resets the bot token at 1,000 a day. */
export const maxIdentifiesPerDay = 200;
/** What others who use the same token are left of Discord's own count. */
export const identifyReserve = 5;

/** Ids of the last mentions put on the queue, for events that Discord sends again. */
export const maxRecentIds = 200;

/** Everything that is waited for, in milliseconds. */
export interface Timing {
  /** The first wait before connecting again; each one is twice the last, up to `maxBackoffMs`. */
  backoffMs: number;
  maxBackoffMs: number;
  /** Between two IDENTIFYs: one per five seconds is Discord's limit. Doubles with each one in the last hour. */
  identifyGapMs: number;
  maxIdentifyGapMs: number;
  /** Before a new IDENTIFY when Discord has invalidated the session: between one and five seconds. */
  invalidSessionMs: readonly [number, number];
  /** How long a HELLO may take. */
  helloMs: number;
  /** How long the queue may take. */
  enqueueMs: number;
  /** Before another try after what only a person can mend, on their side or Discord's: 24 IDENTIFYs a day at most. */
  fatalMs: number;
  /** An outbound socket keeps a Durable Object for 15 minutes at most, an event for 70 seconds at least. */
  alarmMs: number;
}

export const defaultTiming: Timing = {
  backoffMs: 1_000,
  maxBackoffMs: 60_000,
  identifyGapMs: 5_000,
  maxIdentifyGapMs: 10 * 60_000,
  invalidSessionMs: [1_000, 5_000],
  helloMs: 20_000,
  enqueueMs: 15_000,
  fatalMs: 60 * 60_000,
  alarmMs: 45_000,
};
