import type { Finding } from "../../shared/api.ts";
import { requiredByConsumer, serviceState } from "../../shared/settings.ts";
import { invalidSettings } from "../../shared/wrong-settings.ts";
import type { Outside } from "../needs.ts";
import { askVendors } from "./ask-vendors.ts";
import { checkDatabase, listMigrations } from "./check-database.ts";
import { ok, problem, warning } from "./finding.ts";

export interface DiagnoseNeeds {
  outside: Outside;
  env: object;
  db: D1Database;
  kv: KVNamespace;
  checkpoints: R2Bucket;
  commandQueue: Queue;
  deadLetterQueue: Queue;
}

/** Looks at everything the consumer Worker can see, all at once; each finding says what to do. `gatewayUrl` is where the gateway was asked, without a trailing slash. */
export async function diagnose(needs: DiagnoseNeeds, gatewayUrl: string) {
  const { db } = needs;
  const checks = [
    ...checkSettings(needs),
    ...askVendors(needs.outside, gatewayUrl),
    checkStore("KV", "BUGBOT_KV", () => needs.kv.get("bugbot:doctor")),
    checkStore("R2", "CHECKPOINTS", () => needs.checkpoints.head("bugbot:doctor")),
    checkQueue(
      "bugbot-commands",
      needs.commandQueue,
      "If their number grows, look at the consumer Worker's log for start_failed.",
    ),
    checkQueue(
      "bugbot-commands-dlq",
      needs.deadLetterQueue,
      "If their number grows, look at the consumer Worker's log for dead_letter_failed.",
    ),
    ...checkDatabase({ db, settings: needs.outside.settings, now: needs.outside.now }),
  ];
  const [findings, migrations] = await Promise.all([
    Promise.all(checks.map((check) => Promise.resolve(check))),
    listMigrations(db),
  ]);
  return { findings, migrations };
}

function checkSettings({ outside: { settings }, env }: DiagnoseNeeds): Finding[] {
  const services = Object.entries(requiredByConsumer).map(([service, ways]): Finding => {
    const found = serviceState(settings, ...ways);
    const check = `setting: ${service}`;
    switch (found.state) {
      case "on":
        return ok(check, "set up");
      case "off":
        return warning(check, "off", `Set ${found.turnOn.join(" and ")} on the consumer Worker to turn it on.`);
      case "incomplete":
        return problem(
          check,
          `${found.missing.join(" and ")} missing`,
          `Set ${found.missing.join(" and ")}, or none of ${service}'s variables.`,
        );
      default:
        return found satisfies never;
    }
  });
  const { BUGBOT_ALLOWED_WORKSPACES: workspaces, BUGBOT_ALLOWED_REPOS: repositories } = settings;
  const lists = [
    workspaces.length > 0
      ? ok("setting: workspaces", workspaces.join(", "))
      : problem(
          "setting: workspaces",
          "nobody may use bugbot",
          "Set BUGBOT_ALLOWED_WORKSPACES to your Slack team id or Discord server id.",
        ),
    repositories.length > 0
      ? ok("setting: repositories", repositories.join(", "))
      : problem(
          "setting: repositories",
          "no repository may be fixed",
          "Set BUGBOT_ALLOWED_REPOS, such as owner/name or owner/*.",
        ),
  ];
  const memory = settings.BUGBOT_CHECKPOINT_KEY
    ? ok("setting: memory", `conversations can be taken up again for ${settings.SESSION_TTL_DAYS} days`)
    : warning(
        "setting: memory",
        "a follow-up starts over, and what a stopped run had done is lost",
        "Set BUGBOT_CHECKPOINT_KEY on the consumer Worker: openssl rand -hex 32",
      );
  return [
    ...services,
    ...lists,
    memory,
    ...invalidSettings(env).map((wrong) => problem("setting", wrong, "Change it, and deploy again.")),
  ];
}

async function checkStore(what: string, binding: string, look: () => Promise<unknown>): Promise<Finding> {
  try {
    await look();
    return ok(what, "answers");
  } catch (error) {
    return problem(what, inWords(error), `Look at the binding ${binding} in wrangler.consumer.toml, and deploy again.`);
  }
}

async function checkQueue(name: string, queue: Queue, todo: string): Promise<Finding> {
  const check = `queue: ${name}`;
  try {
    const { backlogCount } = await queue.metrics();
    return backlogCount === 0 ? ok(check, "nothing waits") : warning(check, `${backlogCount} messages wait`, todo);
  } catch (error) {
    return warning(
      check,
      `it does not say how much waits (${inWords(error)})`,
      `\`npx wrangler queues info ${name}\` does.`,
    );
  }
}

function inWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
