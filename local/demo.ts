import { join } from "node:path";
import { demoReport, demoRepository, demoScript, seedDemoRepository } from "./demo-repository.ts";
import { readDevVars } from "./local-settings.ts";
import { onInterrupt, requireNode24 } from "./process.ts";
import { projectRoot } from "./project-root.ts";
import { createSettlements } from "./settlements.ts";
import { startStack } from "./stack.ts";
import { tellStory } from "./story.ts";

const channel = "C0BUGS";
const eventId = "EvDEMO";

requireNode24();
// Chat, tickets and git are always stand-ins here; only the model may be the real one.
const devVars = readDevVars(join(projectRoot, ".dev.vars"));
const apiKey = process.env["ANTHROPIC_API_KEY"] ?? devVars["ANTHROPIC_API_KEY"];
const baseUrl = process.env["ANTHROPIC_BASE_URL"] ?? devVars["ANTHROPIC_BASE_URL"];
const variables = apiKey ? { ANTHROPIC_API_KEY: apiKey, ...(baseUrl && { ANTHROPIC_BASE_URL: baseUrl }) } : {};

console.log("bugbot demo: from a chat message to a pull request, all on this machine.");
console.log(
  "Slack, Linear and GitHub are local stand-ins that speak the real protocols; the Workers, the queue, git and Claude Code are real.",
);
console.log(
  apiKey
    ? "The model is the real one: ANTHROPIC_API_KEY is set, and this run costs a few cents. The agent runs on this machine without a container.\n"
    : "The model's answers are scripted. Set ANTHROPIC_API_KEY to use the real model.\n",
);

const settlements = createSettlements();
const starting = startStack({ variables, script: demoScript, onLog: settlements.onLog });
onInterrupt(() => starting.then((stack) => stack.close()));
const stack = await starting;
try {
  const { slack, linear, github } = stack.standIns;
  if (!slack || !linear || !github) throw new Error("the demo needs its stand-ins");
  await seedDemoRepository(github);

  const { body, headers, message } = slack.mention(`fix ${demoReport}`, { channel, eventId });
  const sentAt = Date.now();
  const answer = await fetch(`${stack.url}/slack/events`, { method: "POST", body, headers });
  if (!answer.ok) throw new Error(`the gateway answered ${answer.status}: ${await answer.text()}`);
  const answeredAt = Date.now();
  const { outcome, costUsd = 0 } = await settlements.of(`slack-${eventId}`, apiKey ? 15 * 60_000 : 3 * 60_000);

  const thread = slack.thread(channel, message.ts);
  console.log(
    await tellStory({
      thread,
      linear,
      github,
      slack,
      repository: demoRepository,
      sentAt,
      answeredAt,
      costUsd,
      scripted: !apiKey,
    }),
  );
  if (outcome !== "succeeded") {
    console.error(`\nThe demo did not end in a pull request: ${outcome}.`);
    process.exitCode = 1;
  }
} finally {
  await stack.close();
}
