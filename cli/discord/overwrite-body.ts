import { discordCommands } from "../../shared/discord-commands.ts";
import { type RegisteredCommand, registeredSchema } from "./registry.ts";

/** bugbot's own commands. Where and by whom they can be used is said of those seen everywhere only. */
export function wantedCommands(guildId: string | undefined): RegisteredCommand[] {
  return discordCommands.map((command) => {
    const { contexts, integration_types, ...rest } = command;
    return registeredSchema.parse(guildId ? rest : { ...rest, contexts, integration_types });
  });
}

/** Given by Discord, and not to be sent back. */
const readOnlyFields = new Set([
  "id",
  "application_id",
  "guild_id",
  "version",
  "name_localized",
  "description_localized",
]);

/** A registered command as an overwrite takes it, so that it stays as it is. */
export function toBody(command: RegisteredCommand): Record<string, unknown> {
  const fields = Object.entries(command).filter(([field, value]) => {
    // Only slash commands have a description; of the two fields for direct messages the newer one counts.
    if (field === "description") return value !== "";
    if (field === "dm_permission") return !Array.isArray(command["contexts"]);
    return value !== null && !readOnlyFields.has(field);
  });
  return Object.fromEntries(fields);
}
