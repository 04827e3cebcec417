import type {
  APIApplicationCommandBasicOption,
  APIApplicationCommandSubcommandOption,
  RESTPostAPIChatInputApplicationCommandsJSONBody,
  RESTPostAPIContextMenuApplicationCommandsJSONBody,
  RESTPutAPIApplicationCommandsJSONBody,
} from "discord-api-types/v10";
import { type ChatCommandName, chatCommandNames, grammar } from "./grammar.ts";

/** What a message's menu shows under "Apps", and the command it asks for. */
export const messageMenus = {
  fix: "Fix with bugbot",
  contextualize: "Contextualize with bugbot",
} as const satisfies Partial<Record<ChatCommandName, string>>;

/** https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-types */
export const chatInput = 1;
const message = 3;
/** https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-type */
const subcommand = 1;
const string = 3;

/** In servers and in direct messages with bugbot, where a server has installed it. */
const where = { contexts: [0, 1], integration_types: [0] } satisfies Partial<RESTPutAPIApplicationCommandsJSONBody[0]>;

const issue = { type: string, name: "issue", description: "Linear issue, such as BUG-12", autocomplete: true } as const;
const repo = { type: string, name: "repo", description: "Repository, owner/name", autocomplete: true } as const;

const optionsOf: Record<ChatCommandName, APIApplicationCommandBasicOption[]> = {
  fix: [{ type: string, name: "text", description: "What goes wrong, and where" }, issue, repo],
  contextualize: [{ type: string, name: "text", description: "What is known about the bug" }, issue, repo],
  status: [{ type: string, name: "text", description: "all: everywhere, not only in this thread" }],
  stop: [],
  help: [],
};

/** Purposes that only make sense in the list that `help` answers with. */
const purposes: Partial<Record<ChatCommandName, string>> = {
  stop: "Stop what I am doing in this thread",
  help: "What I can do",
};

/** What `/` and a message's menu offer, in the form Discord registers: `npx bugbot discord register` sends it. */
export const discordCommands: RESTPutAPIApplicationCommandsJSONBody = [
  slashCommand("bugbot", "Turn a bug report into a pull request"),
  slashCommand("bm", "Turn a bug report into a pull request (short for /bugbot)"),
  messageMenu(messageMenus.fix),
  messageMenu(messageMenus.contextualize),
];

function slashCommand(name: string, description: string): RESTPostAPIChatInputApplicationCommandsJSONBody {
  return { type: chatInput, name, description, options: chatCommandNames().map(toSubcommand), ...where };
}

function toSubcommand(name: ChatCommandName): APIApplicationCommandSubcommandOption {
  const options = optionsOf[name];
  const description = purposes[name] ?? asSentence(grammar[name].purpose);
  return { type: subcommand, name, description, ...(options.length > 0 && { options }) };
}

function messageMenu(name: string): RESTPostAPIContextMenuApplicationCommandsJSONBody {
  return { type: message, name, ...where };
}

/** A purpose without its aside, which is in chat's markup. */
function asSentence(purpose: string): string {
  const words = purpose.replace(/\s*\(.*\)$/, "");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
