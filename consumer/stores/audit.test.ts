import { beforeEach, describe, it } from "vitest";
import { hashEntry } from "../../shared/audit-entry.ts";
import { createAudit } from "./audit.ts";
import { emptyDatabase } from "./test-database.ts";

let db: D1Database;
beforeEach(async () => {
  db = await emptyDatabase();
});

const deed = (name: string) => ({ deed: name, actor: "admin", action: "tried", subject: "a", facts: { name } });

describe("the audit", () => {
  it("is one unbroken chain, however many append at once, each deed once", async ({ expect }) => {
    const audit = createAudit(db, () => 1);
    const names = Array.from({ length: 12 }, (_, at) => `deed ${at}`);
    await Promise.all([...names, ...names].map((name) => audit.record(deed(name))));
    const entries = await audit.list(0, 100);
    expect(entries.map(({ deed: name }) => name).toSorted()).toEqual(names.toSorted());
    let previous = "";
    for (const [at, entry] of entries.entries()) {
      expect(entry).toMatchObject({ seq: at + 1, previous, hash: await hashEntry(entry) });
      previous = entry.hash;
    }
  });

  it.for([
    "UPDATE audit SET actor = 'nobody' WHERE seq = 1",
    "DELETE FROM audit WHERE seq = 2",
    "INSERT OR REPLACE INTO audit SELECT 1, deed, at, 'nobody', action, subject, facts, previous, hash FROM audit WHERE seq = 1",
    "INSERT OR REPLACE INTO audit SELECT 3, 'deed 1', at, 'nobody', action, subject, facts, hash, 'x' FROM audit WHERE seq = 2",
    "INSERT INTO audit SELECT 9, 'new', at, actor, action, subject, facts, hash, 'x' FROM audit WHERE seq = 2",
    "INSERT INTO audit SELECT 3, 'new', at, actor, action, subject, facts, 'x', 'x' FROM audit WHERE seq = 2",
  ])("refuses %s", async (sql, { expect }) => {
    const audit = createAudit(db, () => 1);
    await audit.record(deed("deed 1"));
    await audit.record(deed("deed 2"));
    const before = await audit.list(0, 9);
    await expect(db.prepare(sql).run()).rejects.toThrow(/the audit/);
    expect(await audit.list(0, 9)).toEqual(before);
  });

  it("finds what is about one subject, and the newest", async ({ expect }) => {
    const audit = createAudit(db, () => 1);
    for (const name of ["1", "2", "3"]) await audit.record({ ...deed(name), subject: name === "2" ? "b" : "a" });
    expect((await audit.list(0, 9, "b")).map(({ seq }) => seq)).toEqual([2]);
    expect((await audit.latest(2)).map(({ seq }) => seq)).toEqual([2, 3]);
  });
});
