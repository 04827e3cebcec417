import { beforeAll, describe, it } from "vitest";
import { everyStatement } from "./every-statement.ts";
import { recordStatements } from "./record-statements.ts";
import { emptyDatabase } from "./test-database.ts";

const sources = import.meta.glob<string>(["../**/*.ts", "!../**/*.test.ts", "!./test-database.ts"], {
  query: "?raw",
  import: "default",
  eager: true,
});

/** Tables that do not grow with the history: a key's or a source's row, and what is gone once it is sealed or has ended. */
const small = new Set([
  "api_keys",
  "audit_sealer",
  "audit_unsealed",
  "breakers",
  "code_searches",
  "d1_migrations",
  "reservations",
]);
/** Partial indexes that hold what is under way now. */
const underWay = new Set([
  "commands_without_outcome",
  "commands_without_last_word",
  "conversations_claimed",
  "leases_open",
  "pushes_judge_at",
]);

let db: D1Database;
/** What each was asked with last. */
let statements: Map<string, readonly unknown[]>;
beforeAll(async () => {
  db = await emptyDatabase();
  await db.prepare("CREATE TABLE IF NOT EXISTS d1_migrations (name TEXT PRIMARY KEY)").run();
  const recorder = recordStatements(db);
  await everyStatement(recorder.db, 1_000_000_000_000);
  statements = new Map(recorder.statements.map(({ sql, values }) => [sql, values]));
});

/** SQL as it is written in a source: what it is made of besides may be anything. */
function writtenIn(source: string): RegExp[] {
  if (!source.includes(".prepare(")) return [];
  const literals = source.matchAll(/(\.prepare\(\s*)?(?:`([^`]*)`|"((?:[^"\\\n]|\\.)*)")/g);
  return [...literals].flatMap(([, prepared, template, text]) => {
    const sql = template ?? text ?? "";
    if (prepared === undefined && !/^\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\s/.test(sql)) return [];
    const fixed = sql.split(/\$\{[^}]*\}/).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
    return [new RegExp(fixed.join("[^]*"))];
  });
}

describe("the consumer's queries", () => {
  it("are all looked at here", ({ expect }) => {
    const written = Object.values(sources).flatMap(writtenIn);
    expect(written.length).toBeGreaterThan(80);
    expect(written.filter((sql) => ![...statements.keys()].some((statement) => sql.test(statement)))).toEqual([]);
  });

  it("read no table as a whole that grows", async ({ expect }) => {
    const scans: string[] = [];
    for (const [sql, values] of statements) {
      const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).bind(...values);
      const { results } = await plan.all<{ detail: string }>();
      const details = results.map(({ detail }) => detail);
      if (isPage(sql, details)) continue;
      scans.push(...details.filter(isScan).map((detail) => `${detail}: ${sql}`));
    }
    expect(scans).toEqual([]);
  });

  it("leave no condition to the values, for which there is no index", ({ expect }) => {
    expect([...statements.keys()].filter((sql) => /\?\d* IS NULL/.test(sql))).toEqual([]);
  });
});

/** The first rows of a table, in an order in which they stand already. */
function isPage(sql: string, details: readonly string[]): boolean {
  return (
    / LIMIT (?:\?|1)$/.test(sql) && !sql.includes("WHERE") && !details.some((detail) => detail.includes("TEMP B-TREE"))
  );
}

function isScan(detail: string): boolean {
  const [, table, index] = /^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?/.exec(detail) ?? [];
  if (table === undefined || table === "CONSTANT" || table === "json_each" || small.has(table)) return false;
  return !underWay.has(index ?? "");
}
