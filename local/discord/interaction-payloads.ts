import type { APIInteractionGuildMember, APIUser } from "discord-api-types/v10";
import { integrationOwners, shownChannel, shownMember, shownUser, userOf } from "./channel-answers.ts";
import type { CommandOption } from "./command-form.ts";
import type { Commands } from "./command-routes.ts";
import { flatten } from "./components.ts";
import type { DiscordChannel, Guild } from "./guild.ts";
import type { DiscordMessage } from "./message.ts";
import { shownMessage } from "./message-answers.ts";

export type GivenOption = string | number | boolean;

// What a plain member of a guild, and a bot invited with what it needs, may do.
const memberPermissions = "2248473465835073";
const appPermissions = "2147863617";
const subcommandType = 1;

interface Begun {
  id: string;
  token: string;
  type: number;
  data: object;
  userId: string;
  channel: DiscordChannel;
  message?: DiscordMessage | undefined;
}

/** The bodies Discord sends. https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object */
export function createPayloads(guild: Guild, commands: Commands) {
  function interaction({ id, token, type, data, userId, channel, message }: Begun) {
    const isDirect = channel.type === 1;
    const user: APIUser = shownUser(userOf(guild, userId));
    const member: APIInteractionGuildMember = { ...shownMember(), user, permissions: memberPermissions };
    const common = { id, application_id: guild.applicationId, type, token, version: 1, entitlements: [] };
    const owners = integrationOwners(guild, isDirect);
    if (type === 1) return { ...common, user, authorizing_integration_owners: owners, app_permissions: appPermissions };
    return {
      ...common,
      data,
      channel_id: channel.id,
      channel: { ...shownChannel(channel, guild), permissions: memberPermissions },
      ...(isDirect
        ? { user, context: 1 }
        : {
            member,
            context: 0,
            guild_id: guild.guildId,
            guild_locale: "en-US",
            guild: { id: guild.guildId, locale: "en-US", features: [] },
          }),
      ...(message && { message: shownMessage(message, guild) }),
      authorizing_integration_owners: owners,
      app_permissions: appPermissions,
      locale: "en-US",
      attachment_size_limit: 10_485_760,
    };
  }

  interface Slash {
    command: string;
    subcommand?: string;
    options?: Record<string, GivenOption>;
  }

  function slash({ command, subcommand, options = {} }: Slash, focused?: string) {
    const known = commands.find(1, command);
    const sub = known?.options?.find(({ name, type }) => name === subcommand && type === subcommandType);
    if (known && subcommand !== undefined && !sub) throw new Error(`/${command} has no subcommand ${subcommand}`);
    const from = subcommand === undefined ? known?.options : sub?.options;
    const entries = Object.entries(options);
    const missing = focused === undefined && from?.find(({ name, required }) => required && !(name in options));
    if (missing) throw new Error(`/${command} needs its option ${missing.name}`);
    const given = entries.map(([name, value]) => ({
      name,
      type: typeOf(name, value, known && (from ?? [])),
      value,
      ...(name === focused && { focused: true }),
    }));
    const nested = subcommand === undefined ? given : [{ name: subcommand, type: subcommandType, options: given }];
    return { id: known?.id ?? guild.nextId(), name: command, type: 1, options: nested, ...inGuild(known?.id) };
  }

  /** Guild commands say which guild they belong to. */
  function inGuild(commandId: string | undefined) {
    const isGuilds = [...commands.scopes.guild.values()].some(({ id }) => id === commandId);
    return isGuilds ? { guild_id: guild.guildId } : {};
  }

  return {
    interaction,
    slash,
    contextMenu: (name: string, message: DiscordMessage) => {
      const known = commands.find(3, name);
      const id = known?.id ?? guild.nextId();
      const resolved = { messages: { [message.id]: shownMessage(message, guild) } };
      return { id, name, type: 3, target_id: message.id, resolved, ...inGuild(known?.id) };
    },
    button: (customId: string, message: DiscordMessage) => ({
      id: flatten(message.components).find((each) => each.custom_id === customId)?.id,
      custom_id: customId,
      component_type: 2,
    }),
    modal: (customId: string, components: object[]) => ({ custom_id: customId, components }),
  };
}

/** What Discord calls an option's type: as registered, or as the value is. */
function typeOf(name: string, value: GivenOption, known: CommandOption[] | undefined): number {
  const option = known?.find((each) => each.name === name);
  if (known && !option) throw new Error(`the registered command has no option ${name}`);
  if (option) return option.type;
  return typeof value === "string" ? 3 : typeof value === "boolean" ? 5 : Number.isInteger(value) ? 4 : 10;
}
