#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { Failure } from "../shared/failure.ts";
import { addRegister } from "./discord/register.ts";
import { addManifest } from "./slack/manifest.ts";

const exitCodes = { failed: 1, usage: 2 };

const program = new Command("bugbot")
  .description("Sets up bugbot and looks after it. Run it in the checkout, after `npm ci`.")
  .showHelpAfterError("(add --help for what it takes)")
  .exitOverride();

addRegister(program.command("discord").description("bugbot's application on Discord"));
addManifest(program.command("slack").description("bugbot's app on Slack"));

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

/** Says what went wrong, unless commander has, and gives the exit code. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  console.error(error instanceof Failure ? `error: ${error.reply}` : error);
  return exitCodes.failed;
}
