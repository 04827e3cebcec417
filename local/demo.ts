import { join } from "node:path";
import { Option } from "commander";
import * as z from "zod";
import { demoCustomer, seedDemoBehaviour } from "./demo-behaviour.ts";
import { demoReport, demoRepository, demoScript, seedDemoRepository } from "./demo-repository.ts";
import { readDevVars } from "./local-settings.ts";
import { outsideCalls } from "./outside-calls.ts";
import { requireNode24, unlessInterrupted } from "./process.ts";
import { projectRoot } from "./project-root.ts";
import { createScript } from "./script.ts";
import { createSettlements } from "./settlements.ts";
import { startStack } from "./stack.ts";
import { askInDiscord, askInSlack, platforms } from "./demo-chat.ts";
import { tellContextualize } from "./tell-contextualize.ts";
import { tellFix } from "./tell-fix.ts";

requireNode24();
// Chat, tickets and git are always stand-ins here; only the model may be the real one.
const devVars = readDevVars(join(projectRoot, ".dev.vars"));
const apiKey = process.env["ANTHROPIC_API_KEY"] ?? devVars["ANTHROPIC_API_KEY"];
const baseUrl = process.env["ANTHROPIC_BASE_URL"] ?? devVars["ANTHROPIC_BASE_URL"];
const variables = apiKey ? { ANTHROPIC_API_KEY: apiKey, ...(baseUrl && { ANTHROPIC_BASE_URL: baseUrl }) } : {};

const demos = {
  fix: {
    to: "a pull request",
    text: `fix ${demoReport}`,
    cast: "Slack, Discord, Linear and GitHub are local stand-ins that speak the real protocols; the Workers, the queue, git and Claude Code are real.",
    model: apiKey
      ? "The model is the real one: ANTHROPIC_API_KEY is set, and this run costs a few cents. The agent runs on this machine without a container."
      : "The model's answers are scripted. Set ANTHROPIC_API_KEY to use the real model.",
    tell: tellFix,
  },
  contextualize: {
    to: "a card of evidence",
    text: `contextualize ${demoReport} ${demoCustomer.email} wrote to us.`,
    cast: "Slack, Discord, Linear, PostHog and GitHub are local stand-ins that speak the real protocols; the Workers and the queue are real.",
    model: "Neither a model nor a container takes part.",
    tell: tellContextualize,
  },
};
const commands = ["fix", "contextualize"] as const;

const { platform, command } = z
  .object({ platform: z.enum(platforms), command: z.enum(commands) })
  .parse(
    createScript("run demo", "Shows a command at work, from a chat message to what comes of it, all on this machine.")
      .addOption(new Option("--platform <name>", "where it is asked for").choices(platforms).default("slack"))
      .addOption(new Option("--command <name>", "what is asked for").choices(commands).default("fix"))
      .parse()
      .opts(),
  );
const { to, text, cast, model, tell } = demos[command];

console.log(`bugbot demo: from a chat message to ${to}, all on this machine.`);
console.log(cast);
console.log(`${model}\n`);

const settlements = createSettlements();
const stack = await unlessInterrupted(startStack({ variables, script: demoScript, onLog: settlements.onLog }));
try {
  const { slack, discord, linear, github, posthog } = stack.standIns;
  if (!slack || !discord || !linear || !github || !posthog) throw new Error("the demo needs its stand-ins");
  await seedDemoRepository(github);
  seedDemoBehaviour(posthog);

  const sentAt = Date.now();
  const asked = platform === "slack" ? await askInSlack(slack, stack.url, text) : askInDiscord(discord, text);
  const heardAt = Date.now();
  const { outcome, costUsd = 0 } = await settlements.of(asked.commandId, apiKey ? 15 * 60_000 : 3 * 60_000);
  const story = {
    chat: asked.chat(),
    linear,
    github,
    calls: () => outsideCalls(stack.standIns, sentAt),
    repository: demoRepository,
    sentAt,
    heardAt,
    costUsd,
    scripted: !apiKey,
  };
  console.log(await tell(story));
  if (outcome !== "succeeded") {
    console.error(`\nThe demo did not end in ${to}: ${outcome}.`);
    process.exitCode = 1;
  }
} finally {
  await stack.close();
}
