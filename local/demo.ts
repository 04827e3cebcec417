import { join } from "node:path";
import { parseArgs } from "node:util";
import { demoRepository, demoScript, seedDemoRepository } from "./demo-repository.ts";
import { readDevVars } from "./local-settings.ts";
import { onInterrupt, requireNode24 } from "./process.ts";
import { projectRoot } from "./project-root.ts";
import { createSettlements } from "./settlements.ts";
import { startStack } from "./stack.ts";
import { askInDiscord, askInSlack, platforms } from "./demo-chat.ts";
import { tellStory } from "./story.ts";

requireNode24();
// Chat, tickets and git are always stand-ins here; only the model may be the real one.
const devVars = readDevVars(join(projectRoot, ".dev.vars"));
const apiKey = process.env["ANTHROPIC_API_KEY"] ?? devVars["ANTHROPIC_API_KEY"];
const baseUrl = process.env["ANTHROPIC_BASE_URL"] ?? devVars["ANTHROPIC_BASE_URL"];
const variables = apiKey ? { ANTHROPIC_API_KEY: apiKey, ...(baseUrl && { ANTHROPIC_BASE_URL: baseUrl }) } : {};

const { values } = parseArgs({ options: { platform: { type: "string", default: "slack" } } });
const platform = platforms.find((name) => name === values.platform);
if (!platform) {
  console.error(`There is no platform ${values.platform}: say --platform ${platforms.join(" or --platform ")}.`);
  process.exit(2);
}

console.log("bugbot demo: from a chat message to a pull request, all on this machine.");
console.log(
  "Slack, Discord, Linear and GitHub are local stand-ins that speak the real protocols; the Workers, the queue, git and Claude Code are real.",
);
console.log(
  apiKey
    ? "The model is the real one: ANTHROPIC_API_KEY is set, and this run costs a few cents. The agent runs on this machine without a container.\n"
    : "The model's answers are scripted. Set ANTHROPIC_API_KEY to use the real model.\n",
);

const settlements = createSettlements();
const starting = startStack({ variables, script: demoScript, onLog: settlements.onLog });
onInterrupt(() => starting.then((stack) => stack.close()).catch(() => undefined));
const stack = await starting;
try {
  const { slack, discord, linear, github } = stack.standIns;
  if (!slack || !discord || !linear || !github) throw new Error("the demo needs its stand-ins");
  await seedDemoRepository(github);

  const sentAt = Date.now();
  const asked = platform === "slack" ? await askInSlack(slack, stack.url) : askInDiscord(discord);
  const heardAt = Date.now();
  const { outcome, costUsd = 0 } = await settlements.of(asked.commandId, apiKey ? 15 * 60_000 : 3 * 60_000);
  const story = {
    chat: asked.chat(),
    linear,
    github,
    repository: demoRepository,
    sentAt,
    heardAt,
    costUsd,
    scripted: !apiKey,
  };
  console.log(await tellStory(story));
  if (outcome !== "succeeded") {
    console.error(`\nThe demo did not end in a pull request: ${outcome}.`);
    process.exitCode = 1;
  }
} finally {
  await stack.close();
}
