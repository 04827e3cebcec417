import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import * as z from "zod/mini";
import { anId } from "../parse-option.ts";
import { failed, readTarget } from "./api.ts";
import { readLocalLog } from "./local-log.ts";
import { describeLine, type LogLine, readLogged, readTailEvent } from "./log-lines.ts";
import { toJson } from "./print.ts";
import { createJsonSplitter } from "./split-json.ts";

const optionsSchema = z.object({
  json: z._default(z.boolean(), false),
  follow: z._default(z.boolean(), false),
  command: z.optional(z.string()),
});
const workers = ["bugbot-gateway", "bugbot-consumer"];

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
      const show = (line: LogLine) => {
        if (command !== undefined && line.commandId !== command) return;
        shown++;
        console.log(json ? toJson(line) : describeLine(line));
      };
      if (!target.isLocal) {
        if (!follow) throw failed(whereThePastIs(command));
        return tail(show);
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
    "What the Workers have logged is in Cloudflare's dashboard, https://dash.cloudflare.com/?to=/:account/workers-and-pages/observability: " +
    `look for ${command ?? "a command's id"} there. Here \`npx bugbot logs --follow${about}\` shows what comes, and ` +
    `\`npx bugbot audit list${about}\` what was asked, decided and changed.`
  );
}

/** Both Workers' tails at once, until one ends or the command is stopped: then both are ended, whoever was told to, and take what they set up at Cloudflare away. */
async function tail(show: (line: LogLine) => void): Promise<void> {
  const wrangler = fileURLToPath(new URL("../../node_modules/wrangler/bin/wrangler.js", import.meta.url));
  const children = workers.map((worker) => {
    const child = spawn(process.execPath, [wrangler, "tail", worker, "--format", "json"], {
      stdio: ["inherit", "pipe", "inherit"],
    });
    const split = createJsonSplitter((text) => readTailEvent(worker.replace("bugbot-", ""), text).forEach(show));
    child.stdout.setEncoding("utf8").on("data", split);
    return child;
  });
  let stopped = false;
  const end = () =>
    children
      .filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
      .forEach((child) => child.kill("SIGINT"));
  const stop = () => {
    stopped = true;
    end();
  };
  // Whoever reads may have read enough, which ends this process at once.
  process.once("SIGINT", stop).once("SIGTERM", stop).once("exit", end);
  const ended = children.map((child) => once(child, "close"));
  const [code] = await Promise.race(ended);
  end();
  await Promise.all(ended);
  if (!stopped && code !== 0)
    throw failed("`wrangler tail` ended. `npx wrangler login` logs in; `npx wrangler tail bugbot-consumer` says more.");
}
