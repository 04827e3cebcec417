import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import * as z from "zod";
import { everyStatement } from "../../consumer/stores/every-statement.ts";
import { recordStatements } from "../../consumer/stores/record-statements.ts";
import { sampleCommand } from "../../consumer/stores/sample-history.ts";
import { splitStatements } from "../../consumer/stores/split-statements.ts";
import { keepOwnSignalHandlers } from "../../local/process.ts";
import { projectRoot } from "../../local/project-root.ts";
import type { Cleanup } from "../report/cleanup.ts";
import type { Section, Size } from "../report/report.ts";
import { median, medianRatio } from "../report/statistics.ts";
import { fillHistory } from "./fill-history.ts";

const sizes = {
  full: { few: 1_000, many: 100_000, rounds: 41 },
  small: { few: 20, many: 200, rounds: 1 },
};
const worker = {
  name: "history",
  modules: true,
  script: "export default {}",
  compatibilityDate: "2026-10-01",
  d1Databases: ["DB"],
  cf: false as const,
  log: new Log(LogLevel.NONE),
};
const target = 1.5;
/** As many lines as anybody reads. */
const shown = 8;
const valuesSchema = z.array(z.union([z.string(), z.number(), z.null()]));
type Step = { sql: string; values: z.infer<typeof valuesSchema> };

/** Every statement of the consumer with a long history, beside the same with a short one. */
export async function measureHistory(cleanup: Cleanup, size: Size): Promise<Section> {
  const { few, many, rounds } = sizes[size];
  const migrations = await readMigrations();
  const steps = await recordSteps(cleanup, migrations);
  const [short, long] = [few, many].map((count) => fill(count, migrations));
  if (!short || !long) throw new Error("there are two histories");
  const times = new Map(steps.map(({ sql }) => [sql, { short: new Array<number>(), long: new Array<number>() }]));
  for (let round = 0; round <= rounds; round++) {
    const timed = { short: time(short, steps), long: time(long, steps) };
    // The first round warms up.
    if (round === 0) continue;
    for (const [sql, own] of times) {
      own.short.push(timed.short.get(sql) ?? Number.NaN);
      own.long.push(timed.long.get(sql) ?? Number.NaN);
    }
  }
  const measured = [...times].map(([sql, own]) => ({ sql, ...own, ratio: medianRatio(own.long, own.short) }));
  const lines = measured
    .toSorted((a, b) => b.ratio - a.ratio)
    .slice(0, shown)
    .map(({ sql, short: beside, long: own, ratio }) => ({
      what: sql.replace(/\s+/g, " ").slice(0, 70),
      measured: inMicroseconds(median(own)),
      comparison: `${few} commands: ${inMicroseconds(median(beside))}`,
      ratio,
      target: `≤ ${target}`,
      met: ratio <= target,
    }));
  return {
    title: `History: each of ${times.size} statements with ${many} commands`,
    lines,
    notes: [
      `The ${shown} whose time grows most. Each is prepared and carried out by SQLite in memory, without D1's way there and back, and undone.`,
      "A thousand commands a month: the months become more, not the runs of one month.",
    ],
  };
}

/** Tables, and what holds `count` commands in them. The audit's chain is not begun at its beginning, which its trigger would refuse. */
function historyOf(count: number, migrations: readonly string[]): string[] {
  const trigger = "TRIGGER audit_grows_at_its_end";
  const grows = migrations.filter((statement) => statement.startsWith(`CREATE ${trigger}`));
  return [...migrations, `DROP ${trigger}`, ...fillHistory(count, sampleCommand.receivedAt), ...grows];
}

async function readMigrations(): Promise<string[]> {
  const folder = join(projectRoot, "consumer/migrations");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).toSorted();
  const files = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return ["CREATE TABLE d1_migrations (name TEXT PRIMARY KEY)", ...files.flatMap(splitStatements)];
}

/** What the consumer asks D1, in its order, of a history that ends as the others do. */
async function recordSteps(cleanup: Cleanup, migrations: readonly string[]): Promise<Step[]> {
  const miniflare = await cleanup.start(
    async () => new Miniflare(convertV4MiniflareOptions(worker)),
    (started) => started.dispose(),
  );
  keepOwnSignalHandlers();
  const db = await miniflare.getD1Database("DB");
  await db.batch(historyOf(sizes.small.few, migrations).map((statement) => db.prepare(statement)));
  const recorder = recordStatements(db);
  await everyStatement(recorder.db, sampleCommand.receivedAt);
  return recorder.statements.map(({ sql, values }) => ({ sql, values: valuesSchema.parse(values) }));
}

function fill(count: number, migrations: readonly string[]): DatabaseSync {
  const database = new DatabaseSync(":memory:");
  for (const statement of historyOf(count, migrations)) database.exec(statement);
  return database;
}

/** Microseconds that each statement takes, the mean where it is asked more than once. */
function time(database: DatabaseSync, steps: readonly Step[]): Map<string, number> {
  const taken = Map.groupBy(
    inTransaction(database, () => steps.map(({ sql, values }) => ({ sql, us: timeStep(database, { sql, values }) }))),
    ({ sql }) => sql,
  );
  return new Map([...taken].map(([sql, all]) => [sql, all.reduce((sum, { us }) => sum + us, 0) / all.length]));
}

function timeStep(database: DatabaseSync, { sql, values }: Step): number {
  const startedAt = performance.now();
  database.prepare(sql).all(...values);
  return (performance.now() - startedAt) * 1_000;
}

function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN");
  try {
    return work();
  } finally {
    database.exec("ROLLBACK");
  }
}

function inMicroseconds(us: number): string {
  return `${us.toFixed(0)} µs`;
}
