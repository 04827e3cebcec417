import { type Command, InvalidArgumentError } from "commander";
import * as z from "zod/mini";
import { Failure } from "../../shared/failure.ts";
import { readSettings } from "../../shared/settings.ts";
import { readEnvironment } from "../environment.ts";
import { compare } from "./compare.ts";
import { inviteTo } from "./invite.ts";
import { toBody, wantedCommands } from "./overwrite-body.ts";
import { createRegistry } from "./registry.ts";
import { type Report, toJson, toLines } from "./report.ts";

const optionsSchema = z.object({ guild: z.optional(z.string()), json: z._default(z.boolean(), false) });

/** `bugbot discord register` */
export function addRegister(discord: Command): void {
  discord
    .command("register")
    .summary("register bugbot's commands, and print the invite link")
    .description(
      "Registers /bugbot, /bm and the message menus where they are missing or differ, and prints the link that lets " +
        "bugbot into a server. Other commands of the application stay. Reads DISCORD_APPLICATION_ID, " +
        "DISCORD_BOT_TOKEN and DISCORD_API_URL from the environment or .dev.vars.",
    )
    .option("--guild <id>", "in this server only, to try them out", parseId)
    .option("--json", "print JSON")
    .action(async (given: unknown) => {
      const { guild, json } = optionsSchema.parse(given);
      const report = await register(guild);
      console.log(json ? JSON.stringify(toJson(report), null, 2) : toLines(report).join("\n"));
    });
}

async function register(guildId: string | undefined): Promise<Report> {
  const { applicationId, botToken, apiUrl } = readVariables();
  const registry = createRegistry({ applicationId, botToken, apiUrl, guildId });
  const wanted = wantedCommands(guildId);
  const comparison = compare(await registry.list(), wanted);
  const { added, changed, removed, foreign } = comparison;
  const sent = added.length + changed.length + removed.length > 0;
  // An overwrite deletes what it does not name.
  if (sent) await registry.overwrite([...wanted, ...foreign.map(toBody)]);
  return { applicationId, guildId, comparison, sent, invite: inviteTo(applicationId) };
}

const whereTheyAre =
  "In https://discord.com/developers/applications, the id is under General Information, the token under Bot.";

function readVariables() {
  const variables = readSettings(readEnvironment());
  const { DISCORD_APPLICATION_ID: applicationId, DISCORD_BOT_TOKEN: botToken, DISCORD_API_URL: apiUrl } = variables;
  if (!applicationId || !botToken) {
    const missing = [...(applicationId ? [] : ["DISCORD_APPLICATION_ID"]), ...(botToken ? [] : ["DISCORD_BOT_TOKEN"])];
    throw new Failure("discord_not_set_up", {
      reply: `Set ${missing.join(" and ")}, in .dev.vars or in the environment. ${whereTheyAre}`,
      retry: false,
    });
  }
  if (!isId(applicationId)) {
    throw new Failure("discord_not_set_up", {
      reply: `DISCORD_APPLICATION_ID is a number of 17 to 20 digits, not ${JSON.stringify(applicationId)}. ${whereTheyAre}`,
      retry: false,
    });
  }
  if (!URL.canParse(apiUrl)) {
    throw new Failure("discord_not_set_up", { reply: `DISCORD_API_URL is not a URL: ${apiUrl}`, retry: false });
  }
  return { applicationId, botToken, apiUrl };
}

/** https://discord.com/developers/docs/reference#snowflakes */
function isId(text: string): boolean {
  return /^\d{17,20}$/.test(text);
}

function parseId(text: string): string {
  if (isId(text)) return text;
  throw new InvalidArgumentError("A server's id has 17 to 20 digits: its menu has Copy Server ID in developer mode.");
}
