import { existsSync } from "node:fs";
import { join } from "node:path";
import { InvalidArgumentError } from "commander";
import { localAdminKey } from "../shared/local-admin-key.ts";
import { unknownNames } from "../shared/check-settings.ts";
import { gatewayPort } from "./free-port.ts";
import { requireNode24, unlessInterrupted } from "./process.ts";
import { faultsOf, readDevVars } from "./local-settings.ts";
import { projectRoot } from "./project-root.ts";
import { seedDemoBehaviour } from "./demo-behaviour.ts";
import { demoRepository, demoScript, seedDemoRepository } from "./demo-repository.ts";
import { createScript } from "./script.ts";
import { startStack } from "./stack.ts";
import { standInCredentials } from "./stand-ins.ts";

requireNode24();
const [given] = createScript(
  "start",
  "Runs bugbot on this machine until Ctrl-C, with stand-ins for what .dev.vars does not set up.",
)
  .argument("[file]", "the settings, in place of .dev.vars", existing)
  .parse().args;
const file = given ?? ".dev.vars";
const variables = readDevVars(given ?? join(projectRoot, file));

try {
  const faults = faultsOf(variables, file);
  if (faults.length > 0) throw new Error(faults.join("\n"));
  const unknown = unknownNames(variables);
  if (unknown.length > 0) console.log(`note: ${file} sets ${unknown.join(", ")}, which bugbot does not know`);
  const port = await gatewayPort(process.env["BUGBOT_PORT"] || variables["BUGBOT_PORT"] || "8787");
  const stack = await unlessInterrupted(
    startStack({
      variables,
      port,
      acceptUnknownThreads: true,
      script: demoScript,
      onLog: (line) => console.log(line),
      keepsLog: true,
    }),
  );
  const { slack, discord, linear, github, posthog, anthropic } = stack.standIns;
  if (github) await seedDemoRepository(github);
  if (posthog) seedDemoBehaviour(posthog);

  const standIns = {
    Slack: slack?.url,
    Discord: discord?.url,
    Linear: linear?.url,
    GitHub: github?.url,
    PostHog: posthog?.url,
    "the model (scripted)": anthropic?.url,
  };
  for (const [service, url] of Object.entries(standIns)) if (url) console.log(`stand-in for ${service} at ${url}`);
  if (github)
    console.log(
      `stand-in repository: ${github.url}/${demoRepository} (any user, password ${standInCredentials.githubToken})`,
    );
  if (slack) console.log(`sign events with SLACK_SIGNING_SECRET=${standInCredentials.signingSecret}`);
  if (!anthropic) console.log("note: the agent runs as a process of this machine, without a container around it");
  console.log(operatorHint(stack));
  console.log(`ready ${stack.url}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function existing(path: string): string {
  if (existsSync(path)) return path;
  throw new InvalidArgumentError("There is no such file.");
}

/** How `npx bugbot` reaches this stack. */
function operatorHint({ url, hasLocalKey }: { url: string; hasLocalKey: boolean }): string {
  const set = url === "http://localhost:8787" ? "" : `BUGBOT_URL=${url} `;
  if (hasLocalKey) return `look after it: ${set}npx bugbot tasks list (key for /api: ${localAdminKey})`;
  if (variables["BUGBOT_ADMIN_KEY"])
    return `look after it: ${set}BUGBOT_API_KEY=<BUGBOT_ADMIN_KEY of ${file}> npx bugbot tasks list`;
  return `look after it: set BUGBOT_ADMIN_KEY in ${file} for \`npx bugbot\`, since services are real`;
}
