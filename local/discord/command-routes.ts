import * as z from "zod";
import { checkCommand, checkCommands, type CommandForm, commandSchema } from "./command-form.ts";
import { DiscordError, parseForm } from "./errors.ts";
import type { Guild } from "./guild.ts";
import { noContent, type Route } from "./rest.ts";

export type DiscordCommand = CommandForm & { id: string };

/** The commands people can run, once the application has put them there. */
export function createCommands(guild: Guild) {
  const scopes = { global: new Map<string, DiscordCommand>(), guild: new Map<string, DiscordCommand>() };
  const keyOf = ({ type, name }: { type: number; name: string }) => `${type}:${name}`;

  function routesOf(scope: "global" | "guild", path: string, prefix: (verb: string) => string): Route[] {
    const commands = scopes[scope];
    const shown = (command: DiscordCommand) => ({
      default_member_permissions: null,
      dm_permission: true,
      contexts: null,
      integration_types: [0],
      nsfw: false,
      ...command,
      application_id: guild.applicationId,
      version: command.id,
      ...(scope === "guild" && { guild_id: guild.guildId }),
    });

    function put(body: unknown): { command: DiscordCommand; isNew: boolean } {
      const form = checkCommand(parseForm(commandSchema, body ?? {}));
      const known = commands.get(keyOf(form));
      const command = { ...form, id: known?.id ?? guild.nextId() };
      commands.set(keyOf(form), command);
      return { command, isNew: !known };
    }

    const find = (id: string) => {
      const command = [...commands.values()].find((each) => each.id === id);
      if (!command) throw new DiscordError("unknown_command");
      return command;
    };

    const handlers: [string, string, Route["handle"]][] = [
      [prefix("list") + "s", `GET ${path}`, () => Response.json([...commands.values()].map(shown))],
      [
        prefix("create"),
        `POST ${path}`,
        ({ body }) => {
          const { command, isNew } = put(body);
          return Response.json(shown(command), { status: isNew ? 201 : 200 });
        },
      ],
      [
        prefix("bulk_set") + "s",
        `PUT ${path}`,
        ({ body }) => {
          const forms = parseForm(z.array(commandSchema), body).map(checkCommand);
          checkCommands(forms);
          const kept = new Map(commands);
          commands.clear();
          for (const form of forms)
            commands.set(keyOf(form), { ...form, id: kept.get(keyOf(form))?.id ?? guild.nextId() });
          return Response.json([...commands.values()].map(shown));
        },
      ],
      [prefix("get"), `GET ${path}/*`, (_, ...parts) => Response.json(shown(find(parts.at(-1) ?? "")))],
      [
        prefix("update"),
        `PATCH ${path}/*`,
        ({ body }, ...parts) => {
          const known = find(parts.at(-1) ?? "");
          const form = checkCommand(parseForm(commandSchema, { ...known, ...parseForm(z.looseObject({}), body) }));
          commands.delete(keyOf(known));
          const command = { ...form, id: known.id };
          commands.set(keyOf(command), command);
          return Response.json(shown(command));
        },
      ],
      [
        prefix("delete"),
        `DELETE ${path}/*`,
        (_, ...parts) => (commands.delete(keyOf(find(parts.at(-1) ?? ""))), noContent()),
      ],
    ];
    return handlers.map(([operation, pattern, handle]) => ({
      operation,
      pattern,
      auth: "bot",
      handle: (call, applicationId = "", ...rest) => {
        if (applicationId !== guild.applicationId) throw new DiscordError("foreign_application");
        if (scope === "guild" && rest[0] !== guild.guildId) throw new DiscordError("missing_access");
        return handle(call, applicationId, ...rest);
      },
    }));
  }

  return {
    scopes,
    /** The command a person picks: the guild's own before the global one. */
    find: (type: number, name: string) =>
      scopes.guild.get(keyOf({ type, name })) ?? scopes.global.get(keyOf({ type, name })),
    routes: [
      ...routesOf("global", "/applications/*/commands", (verb) => `${verb}_application_command`),
      ...routesOf("guild", "/applications/*/guilds/*/commands", (verb) => `${verb}_guild_application_command`),
    ],
  };
}
export type Commands = ReturnType<typeof createCommands>;
