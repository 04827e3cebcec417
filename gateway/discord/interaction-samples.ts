/** Interactions in the shapes Discord sends them, with made-up people and words. For tests. */

/** When the samples' ids were made. */
export const nowMs = 1_790_000_000_000;
export const interactionId = String(BigInt(nowMs - 1_420_070_400_000) << 22n);

const user = {
  avatar: "0c901cb92b1ff3d05fc8dac514ee60eb",
  avatar_decoration_data: null,
  clan: null,
  collectibles: null,
  discriminator: "0",
  display_name_styles: null,
  global_name: "Ann",
  id: "1034315047838687264",
  primary_guild: null,
  public_flags: 256,
  username: "ann.b",
};
const member = {
  avatar: null,
  banner: null,
  communication_disabled_until: null,
  deaf: false,
  flags: 0,
  joined_at: "2025-02-28T14:56:24.701000+00:00",
  mute: false,
  nick: "Annie",
  pending: false,
  permissions: "9007199254740991",
  premium_since: null,
  roles: ["1345046958481346619"],
  user,
};
const channel = {
  flags: 0,
  guild_id: "1345046958481346613",
  id: "1345046959593095214",
  last_message_id: "1418570862290014208",
  name: "bugs",
  nsfw: false,
  parent_id: "1345046959593095213",
  permissions: "9007199254740991",
  position: 9,
  rate_limit_per_user: 0,
  topic: null,
  type: 0,
};
export const thread = {
  ...channel,
  id: "1418570862290014299",
  parent_id: channel.id,
  type: 11,
  thread_metadata: { archived: false, auto_archive_duration: 1440, locked: false },
};
const common = {
  app_permissions: "562949953863680",
  application_id: "1360871728770846733",
  attachment_size_limit: 10485760,
  authorizing_integration_owners: { "0": "1345046958481346613" },
  entitlement_sku_ids: [],
  entitlements: [],
  id: interactionId,
  token: "aW50ZXJhY3Rpb246MTQxODU3MjYwMjczNzI5OTU1OTpzZWNyZXQ",
  version: 1,
};

export const ping = { ...common, authorizing_integration_owners: {}, type: 1, user };

export function inGuild(type: number, data: object) {
  const guild = { features: ["COMMUNITY"], id: "1345046958481346613", locale: "en-US" };
  const where = { channel, channel_id: channel.id, context: 0, guild, guild_id: guild.id };
  return { ...common, ...where, guild_locale: "en-US", locale: "en-US", member, type, data };
}

export function inDirectMessage(type: number, data: object) {
  const directChannel = { flags: 0, id: "1374993866163355690", last_message_id: null, recipients: [user], type: 1 };
  return {
    ...common,
    channel: directChannel,
    channel_id: directChannel.id,
    context: 1,
    locale: "en-US",
    user,
    type,
    data,
  };
}

interface Option {
  name: string;
  value: string;
  focused?: boolean;
}

export function slash(subcommand: string, options: readonly Option[] = [], name = "bugbot") {
  const given = options.map((option) => ({ type: 3, ...option }));
  return { id: "1409514738479665317", name, options: [{ name: subcommand, options: given, type: 1 }], type: 1 };
}

export function menu(name: string, message: object = {}) {
  const id = "1418570862290014208";
  const reported = {
    id,
    channel_id: channel.id,
    author: { ...user, id: "80351110224678912", global_name: null, username: "bob" },
    attachments: [],
    components: [],
    content: "The total is wrong: BUG-12",
    edited_timestamp: null,
    embeds: [],
    flags: 0,
    mention_everyone: false,
    mention_roles: [],
    mentions: [],
    pinned: false,
    timestamp: "2026-09-21T14:13:20.000000+00:00",
    tts: false,
    type: 0,
    ...message,
  };
  return { id: "1409514738479665318", name, resolved: { messages: { [id]: reported } }, target_id: id, type: 3 };
}

export const button = (customId: string) => ({ component_type: 2, custom_id: customId, id: 2 });

export function form(customId: string, value: string) {
  const component = { custom_id: "repository", id: 2, type: 4, value };
  return { components: [{ component, id: 1, type: 18 }], custom_id: customId };
}
