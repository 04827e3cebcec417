import * as z from "zod/mini";
import type { Finding } from "../../shared/api.ts";
import { maxUnsealedMs, watchdogGraceMs, watchdogMarginMs } from "../../shared/limits.ts";
import { requiredByConsumer, serviceState } from "../../shared/settings.ts";
import { invalidSettings } from "../../shared/wrong-settings.ts";
import type { Outside } from "../needs.ts";
import { deadlineOf } from "../endings/deadline.ts";
import { createUnended } from "../stores/unended.ts";
import { askVendors } from "./ask-vendors.ts";
import { ok, problem, warning } from "./finding.ts";

/** As many commands as are looked at. */
const maxUnended = 1_000;

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
    checkDeadLetters(db),
    checkWatchdog(needs),
    checkAudit(needs),
    checkKeys(needs),
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

async function checkDeadLetters(db: D1Database): Promise<Finding> {
  const dead = await count(db, "SELECT count(*) AS n FROM dead_letters WHERE status = 'dead'");
  if (dead === undefined) return noTables("dead letters");
  if (dead === 0) return ok("dead letters", "none");
  return warning(
    "dead letters",
    `${dead} to be looked at`,
    "`npx bugbot dlq list --status dead`, then replay or drop each.",
  );
}

async function checkWatchdog({ db, outside: { now, settings } }: DiagnoseNeeds): Promise<Finding> {
  const times = await createUnended(db)
    .allTimes(maxUnended)
    .catch(() => undefined);
  // The watchdog has its minutes, too.
  const stuck = times?.filter((one) => deadlineOf(one, settings) + watchdogMarginMs < now()).length;
  const owed = await count(
    db,
    "SELECT count(*) AS n FROM commands WHERE outcome IS NOT NULL AND last_word_at IS NULL AND last_word_error IS NULL AND settled_at < ?",
    now() - 5 * watchdogGraceMs,
  );
  if (stuck === undefined || owed === undefined) return noTables("watchdog");
  if (stuck > 0)
    return problem(
      "watchdog",
      `${stuck} commands are past their limits`,
      "Its cron trigger should run every minute: look at the consumer Worker's triggers, and its log for watchdog_failed.",
    );
  if (owed > 0)
    return warning(
      "watchdog",
      `${owed} last words wait for chat to answer`,
      "Look at the chat platform's status; the watchdog says them every minute anew.",
    );
  return ok("watchdog", "no command is past its limits, no last word is owed");
}

async function checkAudit({ db, outside: { now } }: DiagnoseNeeds): Promise<Finding> {
  const waiting = await count(db, "SELECT count(*) AS n FROM audit_unsealed WHERE at < ?", now() - maxUnsealedMs);
  if (waiting === undefined) return noTables("audit");
  if (waiting === 0) return ok("audit", "sealed");
  return problem(
    "audit",
    `${waiting} entries wait to be sealed`,
    "Look at the consumer Worker's cron trigger, and its log for audit_not_sealed.",
  );
}

async function checkKeys({ db, outside: { now, settings } }: DiagnoseNeeds): Promise<Finding> {
  const admin = settings.BUGBOT_ADMIN_KEY;
  const change = "Set BUGBOT_ADMIN_KEY to `bm_$(openssl rand -hex 32)`.";
  if (admin !== undefined && !/^bm_[0-9a-f]{64}$/.test(admin))
    return warning("API keys", "BUGBOT_ADMIN_KEY is not bm_ and 64 hex digits", change);
  const ending = await count(
    db,
    "SELECT count(*) AS n FROM api_keys WHERE revoked_at IS NULL AND replaced_by IS NULL AND expires_at BETWEEN ?1 AND ?1 + 604800000",
    now(),
  );
  if (ending === undefined) return noTables("API keys");
  if (ending > 0)
    return warning(
      "API keys",
      `${ending} expire within a week`,
      "`npx bugbot keys list`, then `npx bugbot keys rotate <id>`.",
    );
  return ok("API keys", "none expires within a week");
}

async function count(db: D1Database, sql: string, ...values: number[]): Promise<number | undefined> {
  return db
    .prepare(sql)
    .bind(...values)
    .first<number>("n")
    .then((found) => found ?? undefined)
    .catch(() => undefined);
}

async function listMigrations(db: D1Database): Promise<string[]> {
  const { results } = await db
    .prepare("SELECT name FROM d1_migrations ORDER BY name")
    .all()
    .catch(() => ({ results: [] }));
  return z
    .array(z.object({ name: z.string() }))
    .parse(results)
    .map(({ name }) => name);
}

function noTables(check: string): Finding {
  return problem(
    check,
    "the database does not answer, or lacks tables",
    "`npx wrangler d1 migrations apply bugbot --remote -c wrangler.consumer.toml`",
  );
}
function inWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
