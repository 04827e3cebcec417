import { beforeEach, describe, it } from "vitest";
import { type AuditEntry, hashEntry } from "../../shared/audit-entry.ts";
import { auditSealing } from "../../shared/limits.ts";
import { createAudit } from "./audit.ts";
import { emptyDatabase } from "./test-database.ts";

let db: D1Database;
beforeEach(async () => {
  db = await emptyDatabase();
});

const deed = (name: string) => ({ deed: name, actor: "admin", action: "tried", subject: "a", facts: { name } });

/** An audit whose sealing is done when it is waited for. */
function auditOf(database: D1Database, now = () => 1) {
  const begun: Promise<void>[] = [];
  const audit = createAudit({ db: database, now, later: (seal) => void begun.push(seal()) });
  const unsealing = createAudit({ db: database, now, later: () => undefined });
  const sealed = async () => {
    await Promise.all(begun);
    return audit.list(0, 1000);
  };
  return { audit, unsealing, sealed };
}

/** Each call on its way for 10 ms, there and back, as to a D1 that is elsewhere; `calls` counts them. */
function distant(near: D1Database) {
  const calls: string[][] = [];
  const texts = new WeakMap<D1PreparedStatement, string>();
  const database: D1Database = Object.assign(Object.create(near), {
    prepare: (sql: string) => {
      const statement = near.prepare(sql);
      return Object.assign(statement, {
        bind: (...values: unknown[]) => {
          const bound = near.prepare(sql).bind(...values);
          texts.set(bound, sql);
          return bound;
        },
      });
    },
    batch: async (statements: D1PreparedStatement[]) => {
      calls.push(statements.map((statement) => texts.get(statement) ?? ""));
      await scheduler.wait(10);
      const results = await near.batch(statements);
      await scheduler.wait(10);
      return results;
    },
  });
  return { database, calls };
}

async function isChain(entries: readonly AuditEntry[]): Promise<boolean> {
  const hashes = await Promise.all(entries.map(hashEntry));
  return entries.every(
    ({ seq, previous, hash }, at) =>
      seq === at + 1 && previous === (entries[at - 1]?.hash ?? "") && hash === hashes[at],
  );
}

describe("the audit", () => {
  it("is one unbroken chain, however many append at once, each deed once", async ({ expect }) => {
    const { audit, sealed } = auditOf(db);
    const names = Array.from({ length: 12 }, (_, at) => `deed ${at}`);
    const told = await Promise.all([...names, ...names].map((name) => audit.record(deed(name))));
    expect(told.filter(Boolean)).toHaveLength(12);
    const entries = await sealed();
    expect(entries.map(({ deed: name }) => name).toSorted()).toEqual(names.toSorted());
    expect(await isChain(entries)).toBe(true);
    expect(await audit.record(deed("deed 3"))).toBe(false);
    expect((await audit.unsealed(9)).count).toBe(0);
  });

  it("takes 120 appends at once in one call each, on a database that is far away", async ({ expect }) => {
    const { database, calls } = distant(db);
    const { audit, sealed } = auditOf(database);
    const told = await Promise.all(Array.from({ length: 120 }, (_, at) => audit.record(deed(`deed ${at}`))));
    expect(told.every(Boolean)).toBe(true);
    const appends = calls.filter(([first]) => first?.includes("INTO audit_unsealed"));
    expect(appends).toHaveLength(120);
    const entries = await sealed();
    expect(entries).toHaveLength(120);
    expect(await isChain(entries)).toBe(true);
    // Each looks once whether it shall seal; only whoever seals asks for more.
    const seals = calls.filter(([first]) => first?.includes("INTO audit ("));
    expect(seals.length).toBeLessThan(10);
    expect(calls.length).toBeLessThanOrEqual(2 * 120 + 2 * seals.length);
  });

  it("is sealed by whoever comes next when a sealer died", async ({ expect }) => {
    const clock = { now: 1 };
    const { audit, unsealing, sealed } = auditOf(db, () => clock.now);
    await unsealing.record(deed("deed 1"));
    await db.prepare("UPDATE audit_sealer SET holder = 'dead', held_until = 9").run();
    await audit.record(deed("deed 2"));
    expect(await sealed()).toEqual([]);
    expect(await audit.unsealed(1)).toMatchObject({ count: 2, entries: [{ deed: "deed 1" }] });
    clock.now = 10;
    await audit.seal();
    expect((await sealed()).map(({ deed: name }) => name)).toEqual(["deed 1", "deed 2"]);
  });

  it("is sealed all the same where somebody says to be at it for longer than a sealer may", async ({ expect }) => {
    const { audit, unsealing, sealed } = auditOf(db);
    await unsealing.record(deed("deed 1"));
    const holds = (until: number) => db.prepare("UPDATE audit_sealer SET holder = 'x', held_until = ?").bind(until);
    await holds(1 + auditSealing.leaseMs).run();
    await audit.seal();
    expect(await sealed()).toEqual([]);
    await holds(9e15).run();
    await audit.seal();
    expect((await sealed()).map(({ deed: name }) => name)).toEqual(["deed 1"]);
  });

  it("goes on behind what an older version wrote to the chain meanwhile", async ({ expect }) => {
    const { unsealing, sealed } = auditOf(db);
    await unsealing.record(deed("deed 1"));
    await unsealing.record(deed("deed 2"));
    let isFirst = true;
    const raced: D1Database = Object.assign(Object.create(db), {
      prepare: (sql: string) => db.prepare(sql),
      batch: async (statements: D1PreparedStatement[]) => {
        const results = await db.batch(statements);
        if (isFirst) await appendDirectly("old");
        isFirst = false;
        return results;
      },
    });
    await createAudit({ db: raced, now: () => 1, later: () => undefined }).seal();
    const entries = await sealed();
    expect(entries.map(({ deed: name }) => name)).toEqual(["old", "deed 1", "deed 2"]);
    expect(await isChain(entries)).toBe(true);
  });

  it("records a change and its deed together, or neither", async ({ expect }) => {
    const { audit } = auditOf(db);
    const change = (id: string) =>
      db.prepare("UPDATE audit_sealer SET holder = 'changed' WHERE id = ? RETURNING id").bind(id);
    expect(await audit.recordWith([change("2")], [deed("deed 1"), deed("deed 2")])).toBe(false);
    expect(await audit.recordWith([db.prepare("SELECT 1 FROM nowhere")], [deed("deed 1")]).catch(() => "failed")).toBe(
      "failed",
    );
    expect((await audit.unsealed(9)).count).toBe(0);
    expect(await auditOf(db).unsealing.recordWith([change("1")], [deed("deed 1"), deed("deed 2")])).toBe(true);
    expect((await audit.unsealed(9)).entries.map(({ deed: name }) => name)).toEqual(["deed 1", "deed 2"]);
  });

  it.for([
    "UPDATE audit SET actor = 'nobody' WHERE seq = 1",
    "DELETE FROM audit WHERE seq = 2",
    "INSERT OR REPLACE INTO audit SELECT 1, deed, at, 'nobody', action, subject, facts, previous, hash FROM audit WHERE seq = 1",
    "INSERT OR REPLACE INTO audit SELECT 3, 'deed 1', at, 'nobody', action, subject, facts, hash, 'x' FROM audit WHERE seq = 2",
    "INSERT INTO audit SELECT 9, 'new', at, actor, action, subject, facts, hash, 'x' FROM audit WHERE seq = 2",
    "INSERT INTO audit SELECT 3, 'new', at, actor, action, subject, facts, 'x', 'x' FROM audit WHERE seq = 2",
    "INSERT INTO audit SELECT 3, 'deed 3', at, 'nobody', action, subject, facts, hash, 'x' FROM audit WHERE seq = 2",
    "UPDATE audit_unsealed SET actor = 'nobody'",
    "DELETE FROM audit_unsealed",
  ])("refuses %s", async (sql, { expect }) => {
    const { audit, unsealing } = auditOf(db);
    await unsealing.record(deed("deed 1"));
    await unsealing.record(deed("deed 2"));
    await audit.seal();
    await unsealing.record(deed("deed 3"));
    const before = [await audit.list(0, 9), await audit.unsealed(9)];
    await expect(db.prepare(sql).run()).rejects.toThrow(/the audit/);
    expect([await audit.list(0, 9), await audit.unsealed(9)]).toEqual(before);
  });

  it.for([
    "INSERT OR REPLACE INTO audit_unsealed SELECT id, 'new', at, actor, action, subject, facts FROM audit_unsealed",
    "INSERT OR REPLACE INTO audit_unsealed SELECT 99, deed, at, 'nobody', action, subject, facts FROM audit_unsealed",
    "INSERT INTO audit_unsealed SELECT 99, deed, at, 'nobody', action, subject, facts FROM audit WHERE seq = 1",
  ])("takes nothing from %s", async (sql, { expect }) => {
    const { audit, unsealing } = auditOf(db);
    await unsealing.record(deed("deed 1"));
    await audit.seal();
    await unsealing.record(deed("deed 2"));
    const before = await audit.unsealed(9);
    await db.prepare(sql).run();
    expect(await audit.unsealed(9)).toEqual(before);
  });

  it("finds what is about one subject, and the newest", async ({ expect }) => {
    const { audit, unsealing } = auditOf(db);
    for (const name of ["1", "2", "3"]) await unsealing.record({ ...deed(name), subject: name === "2" ? "b" : "a" });
    await audit.seal();
    expect((await audit.list(0, 9, "b")).map(({ seq }) => seq)).toEqual([2]);
    expect((await audit.latest(2)).map(({ seq }) => seq)).toEqual([3, 2]);
    expect((await audit.latest(2, "a", 3)).map(({ seq }) => seq)).toEqual([1]);
  });
});

/** As versions did that wrote to the chain themselves. */
async function appendDirectly(name: string): Promise<void> {
  const head = await db.prepare("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").first<{
    seq: number;
    hash: string;
  }>();
  const entry = {
    seq: (head?.seq ?? 0) + 1,
    deed: name,
    at: 1,
    actor: "bugbot",
    action: "tried",
    subject: "a",
    facts: "{}",
    previous: head?.hash ?? "",
  };
  await db
    .prepare(
      "INSERT INTO audit (seq, deed, at, actor, action, subject, facts, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(...Object.values(entry), await hashEntry(entry))
    .run();
}
