import type { Command } from "commander";
import * as z from "zod/mini";
import { type ApiTask, taskSchema, wholeTaskSchema } from "../../shared/api.ts";
import { apiPage } from "../../shared/limits.ts";
import { anId, wholeNumber } from "../parse-option.ts";
import { wrap } from "../wrap.ts";
import { createApi } from "./api.ts";
import { type Colour, facts, print, table, tellOlder, when } from "./print.ts";

const listSchema = z.object({
  json: z._default(z.boolean(), false),
  running: z._default(z.boolean(), false),
  limit: z.number(),
  before: z.optional(z.string()),
});
const jsonSchema = z.object({ json: z._default(z.boolean(), false) });

/** `bugbot tasks …` */
export function addTasks(tasks: Command): void {
  tasks
    .command("list")
    .summary("show what was asked and how it went, newest first")
    .description("Shows commands, newest first.")
    .option("--running", "only those that have not ended")
    .option("--limit <n>", "at most this many", wholeNumber(1, apiPage.tasks), 50)
    .option("--before <id>", "only what was asked before this one", anId)
    .option("--json", "print JSON")
    .action(async (given: unknown) => {
      const { json, running, limit, before } = listSchema.parse(given);
      const { rows, older } = await createApi().list("/tasks", { limit, running, before }, taskSchema);
      const words = table(
        rows,
        [
          { title: "ID", cell: ({ id }) => id },
          { title: "STATE", cell: stateOf, folds: true, colour: colourOf },
          { title: "ASKED (UTC)", cell: ({ receivedAt }) => when(receivedAt) },
          {
            title: "COMMAND",
            cell: ({ name, text }) => `${name} ${text.replaceAll("https://github.com/", "")}`,
            least: 16,
          },
          { title: "RESULT", cell: resultOf },
          { title: "COST", cell: ({ costUsd }) => (costUsd === null ? "" : `$${costUsd.toFixed(2)}`) },
        ],
        running ? "Nothing is running." : "Nothing was asked yet.",
      );
      print(json, rows, words);
      tellOlder(older);
    });

  tasks
    .command("show")
    .argument("<id>", "the command's id", anId)
    .summary("show one command")
    .description("Shows one command: what was asked, how it ended, and whether its last word was said.")
    .option("--json", "print JSON")
    .action(async (id: string, given: unknown) => {
      const task = await createApi().get(`/tasks/${encodeURIComponent(id)}`, wholeTaskSchema);
      const owed = task.outcome === null ? "" : "not yet: the watchdog says it";
      const words = facts({
        id: task.id,
        state: stateOf(task),
        command: `${task.name} ${task.text}`,
        conversation: task.conversation,
        "asked by": task.author,
        "asked (UTC)": when(task.receivedAt),
        "stop asked (UTC)": when(task.stopRequestedAt),
        "ended (UTC)": when(task.settledAt),
        "ended by": task.endedBy,
        "last word": task.lastWordError ?? (when(task.lastWordAt) || owed),
        issue: task.issue,
        "pull request": task.pullRequestUrl,
        cost: task.costUsd === null ? null : `$${task.costUsd.toFixed(4)}`,
        reply: task.reply,
      });
      print(jsonSchema.parse(given).json, task, words);
    });

  tasks
    .command("stop")
    .argument("<id>", "the command's id", anId)
    .summary("stop one that runs")
    .description("Stops a command that runs, as Stop under its message would. Its last word says so.")
    .option("--json", "print JSON")
    .action(async (id: string, given: unknown) => {
      const schema = z.object({ id: z.string(), status: z.string() });
      const stopped = await createApi().post(`/tasks/${encodeURIComponent(id)}/stop`, schema);
      print(jsonSchema.parse(given).json, stopped, wrap(`Stopping ${stopped.id}.`));
    });

  tasks
    .command("retry")
    .argument("<id>", "the command's id", anId)
    .summary("do one again that has ended")
    .description("Starts a new attempt of a command in its thread, as Retry under its message would.")
    .option("--json", "print JSON")
    .action(async (id: string, given: unknown) => {
      const retried = await createApi().post(
        `/tasks/${encodeURIComponent(id)}/retry`,
        z.object({ id: z.string(), commandId: z.string() }),
      );
      print(jsonSchema.parse(given).json, retried, wrap(`Started again as ${retried.commandId}.`));
    });
}

function stateOf({ outcome }: ApiTask): string {
  return outcome ?? "running";
}

/** A pull request as GitHub refers to it, `owner/name#12`: `tasks show` has its address. */
function resultOf({ pullRequestUrl, issue }: ApiTask): string {
  return pullRequestUrl?.replace(/^.*?([^/]+\/[^/]+)\/pull\/(\d+)$/, "$1#$2") ?? issue ?? "";
}

function colourOf({ outcome }: ApiTask): Colour | undefined {
  if (outcome === null) return "yellow";
  return outcome === "succeeded" ? "green" : outcome === "failed" || outcome === "timed_out" ? "red" : "dim";
}
