import * as z from "zod/mini";
import type { Finding } from "../../shared/api.ts";
import { maxUnsealedMs, watchdogGraceMs, watchdogMarginMs } from "../../shared/limits.ts";
import type { Settings } from "../../shared/settings.ts";
import { deadlineOf } from "../endings/deadline.ts";
import { createUnended } from "../stores/unended.ts";
import { ok, problem, warning } from "./finding.ts";

/** As many commands as are looked at, and as many dead letters as are counted. */
const maxCommands = 1_000;
const maxLetters = 100;

export interface DatabaseNeeds {
  db: D1Database;
  settings: Settings;
  now: () => number;
}

/** What D1 says of the commands and keys in it. */
export function checkDatabase(needs: DatabaseNeeds): Promise<Finding>[] {
  return [checkDeadLetters(needs), checkWatchdog(needs), checkAudit(needs), checkKeys(needs)];
}

async function checkDeadLetters({ db }: DatabaseNeeds): Promise<Finding> {
  const dead = await count(
    db,
    `SELECT count(*) AS n FROM (SELECT 1 FROM dead_letters WHERE status = 'dead' LIMIT ${maxLetters})`,
  );
  if (dead === undefined) return noTables("dead letters");
  if (dead === 0) return ok("dead letters", "none");
  return warning(
    "dead letters",
    `${dead < maxLetters ? dead : `${maxLetters} or more`} to be looked at`,
    "`npx bugbot dlq list --status dead`, then replay or drop each.",
  );
}

async function checkWatchdog({ db, settings, now }: DatabaseNeeds): Promise<Finding> {
  const times = await createUnended(db)
    .allTimes(maxCommands)
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

async function checkAudit({ db, now }: DatabaseNeeds): Promise<Finding> {
  const waiting = await count(db, "SELECT count(*) AS n FROM audit_unsealed WHERE at < ?", now() - maxUnsealedMs);
  if (waiting === undefined) return noTables("audit");
  if (waiting === 0) return ok("audit", "sealed");
  return problem(
    "audit",
    `${waiting} entries wait to be sealed`,
    "Look at the consumer Worker's cron trigger, and its log for audit_not_sealed.",
  );
}

async function checkKeys({ db, settings, now }: DatabaseNeeds): Promise<Finding> {
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

/** The names of those that were applied. */
export async function listMigrations(db: D1Database): Promise<string[]> {
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
