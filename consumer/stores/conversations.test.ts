import { env } from "cloudflare:workers";
import { beforeEach, describe, it } from "vitest";
import type { Command } from "../../shared/command.ts";
import { createCommands } from "./commands.ts";
import { createConversations } from "./conversations.ts";
import { createLeases } from "./leases.ts";

const migrations = import.meta.glob<string>("../migrations/*.sql", { query: "?raw", import: "default", eager: true });
const statements = Object.keys(migrations)
  .toSorted()
  .flatMap((name) => (migrations[name] ?? "").replace(/--[^\n]*/g, "").split(";"))
  .filter((statement) => statement.trim() !== "");

const command = (id: string): Command => ({
  v: 1,
  id,
  name: "fix",
  text: "it",
  conversation: { platform: "slack", teamId: "T1", channelId: "C1", threadId: "1.1", messageId: "1.1" },
  author: { id: "U1" },
  references: {},
  receivedAt: 1,
});

beforeEach(async () => {
  for (const table of ["commands", "conversations", "leases"])
    await env.DB.prepare(`DROP TABLE IF EXISTS ${table}`).run();
  await env.DB.batch(statements.map((statement) => env.DB.prepare(statement)));
});

describe("a conversation", () => {
  it("is worked for by one command at a time", async ({ expect }) => {
    const conversations = createConversations(env.DB);
    const commands = createCommands(env.DB);
    await commands.admit(command("a"), 1);
    await commands.admit(command("b"), 1);
    expect(await Promise.all([conversations.claim("thread", "a", 1), conversations.claim("thread", "b", 1)])).toEqual([
      true,
      false,
    ]);
    expect(await conversations.claim("thread", "a", 2)).toBe(true);
    await conversations.release("thread", "b");
    expect(await conversations.claim("thread", "b", 3)).toBe(false);
    await conversations.release("thread", "a");
    expect(await conversations.claim("thread", "b", 4)).toBe(true);
  });

  it("is free again when its command has ended without letting go", async ({ expect }) => {
    const conversations = createConversations(env.DB);
    const commands = createCommands(env.DB);
    await commands.admit(command("a"), 1);
    await conversations.claim("thread", "a", 1);
    await commands.settle("a", { outcome: "failed", reply: "" }, 2);
    expect(await conversations.claim("thread", "b", 3)).toBe(true);
  });
});

it("keeps a command's first end", async ({ expect }) => {
  const commands = createCommands(env.DB);
  await commands.admit(command("a"), 1);
  await commands.admit(command("a"), 9);
  await commands.settle("a", { outcome: "succeeded", reply: "done" }, 2);
  await commands.settle("a", { outcome: "failed", reply: "late" }, 3);
  expect(await env.DB.prepare("SELECT outcome, started_at, settled_at FROM commands").all()).toMatchObject({
    results: [{ outcome: "succeeded", started_at: 1, settled_at: 2 }],
  });
});

it("opens one lease per command", async ({ expect }) => {
  const leases = createLeases(env.DB);
  const terms = { repository: "acme/shop", branch: "b", headBefore: null, models: ["sonnet", "haiku"], expiresAt: 9 };
  const id = await leases.open("a", terms);
  expect(await leases.open("a", { ...terms, branch: "c" })).toBe(id);
  await leases.close("a", 5);
  await leases.close("a", 6);
  expect(await leases.find(id)).toEqual({ id, ...terms, closedAt: 5 });
  expect(await leases.find("unknown")).toBeUndefined();
});
