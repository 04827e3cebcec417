import { type Command, Option } from "commander";
import * as z from "zod/mini";
import { type ApiLetter, letterSchema, wholeLetterSchema } from "../../shared/api.ts";
import { apiPage } from "../../shared/limits.ts";
import { parseJson } from "../../shared/parse-json.ts";
import { anId, wholeNumber } from "../parse-option.ts";
import { wrap } from "../wrap.ts";
import { createApi } from "./api.ts";
import { facts, print, table, tellOlder, when } from "./print.ts";

const listSchema = z.object({
  json: z._default(z.boolean(), false),
  status: z.optional(z.string()),
  limit: z.number(),
  before: z.optional(z.string()),
});
const jsonSchema = z.object({ json: z._default(z.boolean(), false) });

/** `bugbot dlq …` */
export function addDlq(dlq: Command): void {
  dlq
    .command("list")
    .summary("show what died, newest first")
    .description("Shows dead letters: commands that bugbot gave up, and messages that are no command.")
    .addOption(new Option("--status <status>", "only these").choices(["dead", "replayed", "dropped"]))
    .option("--limit <n>", "at most this many", wholeNumber(1, apiPage.letters), 100)
    .option("--before <id>", "only what died before this one", anId)
    .option("--json", "print JSON")
    .action(async (given: unknown) => {
      const { json, status, limit, before } = listSchema.parse(given);
      const { rows, older } = await createApi().list("/dlq", { limit, status, before }, letterSchema);
      const words = table(
        rows,
        [
          { title: "ID", cell: ({ id }) => id },
          {
            title: "STATUS",
            cell: ({ status: state }) => state,
            folds: true,
            colour: ({ status: state }) => (state === "dead" ? "red" : "dim"),
          },
          { title: "DIED (UTC)", cell: ({ diedAt }) => when(diedAt) },
          { title: "COMMAND", cell: ({ name }) => name ?? "–" },
          { title: "TRIED", cell: ({ attempts }) => String(attempts) },
          { title: "ERROR", cell: ({ error }) => error, least: 24 },
        ],
        "No dead letters.",
      );
      print(json, rows, words);
      tellOlder(older);
    });

  dlq
    .command("show")
    .argument("<id>", "the dead letter, or the command's id in chat", anId)
    .summary("show one with its history")
    .description("Shows one dead letter: what it was, each failed attempt, and what became of it.")
    .option("--json", "print JSON")
    .action(async (id: string, given: unknown) => {
      const letter = await createApi().get(`/dlq/${encodeURIComponent(id)}`, wholeLetterSchema);
      const history = letter.errors.map(
        ({ at, step, attempt, error }) => `${when(at)}  ${step}, attempt ${attempt}: ${error}`,
      );
      const words = facts({
        id: letter.id,
        status: letter.replayedAs ? `${letter.status} as ${letter.replayedAs}` : letter.status,
        command: letter.name,
        conversation: letter.conversation,
        "died (UTC)": when(letter.diedAt),
        attempts: letter.attempts,
        error: letter.error,
        history: history.join("\n"),
        message: indented(letter.body),
        "what to do": letter.status === "dead" ? waysOut(letter) : "",
      });
      print(jsonSchema.parse(given).json, letter, words);
    });

  dlq
    .command("replay")
    .argument("<id>", "the dead letter", anId)
    .summary("try the command again")
    .description(
      "Starts a new attempt of the command in its thread. Nothing is made twice: the issue, the branch and the pull request are the thread's.",
    )
    .option("--json", "print JSON")
    .action(async (id: string, given: unknown) => {
      const schema = z.object({ id: z.string(), status: z.string(), commandId: z.string() });
      const replayed = await createApi().post(`/dlq/${encodeURIComponent(id)}/replay`, schema);
      const words = `Started again as ${replayed.commandId}. \`npx bugbot tasks show ${replayed.commandId}\` says how it goes.`;
      print(jsonSchema.parse(given).json, replayed, wrap(words));
    });

  dlq
    .command("drop")
    .argument("<id>", "the dead letter", anId)
    .summary("put it away as dealt with")
    .description("Marks a dead letter as dropped. It is kept, and cannot be replayed any more.")
    .option("--json", "print JSON")
    .action(async (id: string, given: unknown) => {
      const schema = z.object({ id: z.string(), status: z.string() });
      const dropped = await createApi().post(`/dlq/${encodeURIComponent(id)}/drop`, schema);
      print(jsonSchema.parse(given).json, dropped, wrap(`Dropped ${dropped.id}.`));
    });
}

/** In backticks, which keep a command on one line. */
function waysOut({ id, commandId }: ApiLetter): string {
  const drop = `\`npx bugbot dlq drop ${id}\``;
  return commandId === null ? drop : `\`npx bugbot dlq replay ${id}\`\n${drop}`;
}

/** JSON as people read it; other text as it is. */
function indented(text: string): string {
  const value = parseJson(text);
  return value === undefined ? text : JSON.stringify(value, null, 2);
}
