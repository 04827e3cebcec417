import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import * as z from "zod/mini";
import { type AuditEntry, auditEntrySchema } from "../../shared/audit-entry.ts";
import { type Api, createApi, failed, readTarget } from "./api.ts";
import { createJsonSplitter } from "./split-json.ts";
import { describeLine, type LogLine, readTailEvent } from "./tail-events.ts";

const optionsSchema = z.object({
  json: z._default(z.boolean(), false),
  follow: z._default(z.boolean(), false),
  command: z.optional(z.string()),
});
const workers = ["bugbot-gateway", "bugbot-consumer"];
const pollMs = 1000;

/** `bugbot logs` */
export function addLogs(program: Command): void {
  program
    .command("logs")
    .summary("show what happens, a line per event")
    .description(
      "Without --follow: what the audit has recorded. With --follow: the logs of both Workers as they are written, by " +
        "`wrangler tail`, for which you must be logged in to Cloudflare. The local stack has no tail, its log is printed " +
        "where `npm start` runs: there --follow goes on with the audit.",
    )
    .option("-f, --follow", "go on until Ctrl-C")
    .option("--command <id>", "only what is about this command")
    .option("--json", "print a JSON object per line")
    .action(async (given: unknown) => {
      const { json, follow, command } = optionsSchema.parse(given);
      const show = (line: LogLine) => {
        if (command === undefined || line.commandId === command)
          console.log(json ? JSON.stringify(line) : describeLine(line));
      };
      if (follow && !readTarget().isLocal) return tail(show);
      return readAudit(createApi(), { command, follow, show });
    });
}

interface Reading {
  command: string | undefined;
  follow: boolean;
  show: (line: LogLine) => void;
}

async function readAudit(api: Api, { command, follow, show }: Reading): Promise<void> {
  const about = new URLSearchParams({ limit: "100", ...(command && { subject: command }) });
  let entries = await api.get(`/audit?${about.toString()}`, z.array(auditEntrySchema));
  let after = 0;
  for (;;) {
    for (const entry of entries) show(toLine(entry));
    after = entries.at(-1)?.seq ?? after;
    if (!follow) return;
    await wait(pollMs);
    about.set("after", String(after));
    entries = await api.get(`/audit?${about.toString()}`, z.array(auditEntrySchema));
  }
}

function toLine({ at, actor, action, subject, facts }: AuditEntry): LogLine {
  const told = z.record(z.string(), z.unknown()).safeParse(JSON.parse(facts)).data ?? {};
  return { at, worker: "audit", event: action, commandId: subject, facts: { by: actor, ...told } };
}

/** Both Workers' tails at once, until one ends. */
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
  const [code] = await Promise.race(children.map((child) => once(child, "exit")));
  for (const child of children) if (child.exitCode === null) child.kill("SIGINT");
  if (code !== 0)
    throw failed("`wrangler tail` ended. `npx wrangler login` logs in; `npx wrangler tail bugbot-consumer` says more.");
}
