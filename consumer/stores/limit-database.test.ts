import { env } from "cloudflare:workers";
import { it } from "vitest";
import { limitDatabase } from "./limit-database.ts";
import { emptyDatabase, testCommand } from "./test-database.ts";
import { createCommands } from "./commands.ts";

it("answers as the database does, one statement or many", async ({ expect }) => {
  await emptyDatabase();
  const db = limitDatabase(env.DB);
  const commands = createCommands(db);
  await commands.admit(testCommand("a"), 1);
  const settlement = { ending: { outcome: "succeeded" as const, reply: "✅" }, endedBy: "workflow" as const };
  expect(await commands.settle(testCommand("a"), settlement, 2)).toBe(true);
  expect(await db.prepare("SELECT outcome FROM commands WHERE id = ?").bind("a").first("outcome")).toBe("succeeded");
  await expect(db.prepare("SELECT * FROM nowhere").all()).rejects.toThrow("no such table");
});

it("throws where D1 does not answer", async ({ expect }) => {
  const silent = new Proxy(env.DB.prepare("SELECT 1"), {
    get: (_target, key) => (key === "bind" ? () => silent : () => new Promise(() => undefined)),
  });
  const db = limitDatabase(
    new Proxy(env.DB, {
      get: (_target, key) => (key === "prepare" ? () => silent : () => new Promise(() => undefined)),
    }),
    10,
  );
  const unreachable = { code: "database_unreachable", retry: true };
  await expect(db.prepare("SELECT 1").bind(1).first()).rejects.toMatchObject(unreachable);
  await expect(db.batch([db.prepare("SELECT 1")])).rejects.toMatchObject(unreachable);
});
