#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import * as z from "zod/mini";
import { Failure } from "../shared/failure.ts";
import { stripHidden } from "../shared/plain-text.ts";
import { addRegister } from "./discord/register.ts";
import { addAudit } from "./operator/audit.ts";
import { addContext } from "./operator/context.ts";
import { addDlq } from "./operator/dlq.ts";
import { addDoctor } from "./operator/doctor.ts";
import { addKeys } from "./operator/keys.ts";
import { addLogs } from "./operator/logs.ts";
import { addTasks } from "./operator/tasks.ts";
import { addPrompt } from "./prompt.ts";
import { addManifest } from "./slack/manifest.ts";
import { terminalWidth, wrap } from "./wrap.ts";

const exitCodes = { failed: 1, usage: 2 };
const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")));

const program = new Command("bugbot")
  .description("Sets up bugbot and looks after it. Run it in the checkout, after `npm ci`.")
  .version(version)
  .configureOutput({ outputError: (text, write) => write(wrap(text, 0, terminalWidth(process.stderr))) })
  .showHelpAfterError("(add --help for what it takes)")
  .exitOverride();

addRegister(program.command("discord").description("bugbot's application on Discord"));
addManifest(program.command("slack").description("bugbot's app on Slack"));
addTasks(program.command("tasks").description("what was asked of bugbot"));
addDlq(program.command("dlq").description("what died: list, show, replay, drop"));
addKeys(program.command("keys").description("API keys"));
addAudit(program.command("audit").description("who asked, what was decided, what was changed"));
addContext(program);
addLogs(program);
addDoctor(program);
addPrompt(program);
program.addHelpText("after", "\nWhat looks after bugbot asks BUGBOT_URL (or the local stack), by BUGBOT_API_KEY.");

// Whoever reads may have read enough: `bugbot logs | head`.
process.stdout.on("error", (error) => {
  if (!("code" in error && error.code === "EPIPE")) throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

/** Says what went wrong, unless commander has, and gives the exit code. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  console.error(
    error instanceof Failure ? wrap(`error: ${stripHidden(error.reply)}`, 0, terminalWidth(process.stderr)) : error,
  );
  return exitCodes.failed;
}
