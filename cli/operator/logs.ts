import type { Command } from "commander";
import * as z from "zod/mini";
import { anId } from "../parse-option.ts";
import { failed, readTarget } from "./api.ts";
import { readLocalLog } from "./local-log.ts";
import { dashboard } from "./follow-tail.ts";
import { describeLine, type LogLine, readLogged } from "./log-lines.ts";
import { toJson } from "./print.ts";
import { tailWorkers } from "./wrangler-tail.ts";

const optionsSchema = z.object({
  json: z._default(z.boolean(), false),
  follow: z._default(z.boolean(), false),
  command: z.optional(z.string()),
});

/** `bugbot logs` */
export function addLogs(program: Command): void {
  program
    .command("logs")
    .summary("show what both Workers log, a line per event")
    .description(
      "Shows what both Workers log. Of the local stack: since `npm start`, and with --follow what comes. In production: what " +
        "comes, by `wrangler tail`, for which you must be logged in to Cloudflare; what was before is in Cloudflare's dashboard. " +
        "What was asked, decided and changed is in `bugbot audit list`.",
    )
    .option("-f, --follow", "go on until Ctrl-C")
    .option("--command <id>", "only what is about this command", anId)
    .option("--json", "print a JSON object per line")
    .action(async (given: unknown) => {
      const { json, follow, command } = optionsSchema.parse(given);
      const target = readTarget();
      let shown = 0;
      const note = (line: LogLine) => console.log(json ? toJson(line) : describeLine(line));
      const show = (line: LogLine) => {
        if (command !== undefined && line.commandId !== command) return;
        shown++;
        note(line);
      };
      if (!target.isLocal) {
        if (!follow) throw failed(whereThePastIs(command));
        return tailWorkers({ show, note });
      }
      for await (const line of readLocalLog(target, follow)) readLogged(line).forEach(show);
      if (command !== undefined && shown === 0)
        throw failed(`Nothing in the log is about ${command}. \`npx bugbot tasks list\` shows the commands there are.`);
      if (shown === 0 && !json) console.log("Nothing yet.");
    });
}

function whereThePastIs(command: string | undefined): string {
  const about = command === undefined ? "" : ` --command ${command}`;
  return (
    `What the Workers have logged is in ${dashboard}: look for ${command ?? "a command's id"} there. Here \`npx bugbot logs --follow${about}\` shows what comes, and ` +
    `\`npx bugbot audit list${about}\` what was asked, decided and changed.`
  );
}
