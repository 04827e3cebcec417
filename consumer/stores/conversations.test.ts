import { env } from "cloudflare:workers";
import { beforeEach, describe, it } from "vitest";
import { createCommands } from "./commands.ts";
import { createConversations } from "./conversations.ts";
import { createLeases } from "./leases.ts";
import { emptyDatabase, testCommand as command } from "./test-database.ts";

beforeEach(async () => {
  await emptyDatabase();
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

  it("is as if it had never been worked for, once its runs are forgotten", async ({ expect }) => {
    const conversations = createConversations(env.DB);
    await conversations.remember("thread", { repository: "acme/shop", branch: "b" }, 1);
    await conversations.rememberRun("thread", { summary: "I changed it.", expiresAt: 9 }, 2);
    expect(await conversations.find("thread")).toMatchObject({ summary: "I changed it.", hasCheckpoint: true });
    await conversations.forgetRuns("thread", 3);
    expect(await conversations.find("thread")).toMatchObject({ summary: null, hasCheckpoint: false, branch: "b" });
  });

  it("has no pull request of another branch than its own", async ({ expect }) => {
    const conversations = createConversations(env.DB);
    const url = "https://github.com/acme/shop/pull/1";
    await conversations.remember("thread", { repository: "acme/shop", branch: "b" }, 1);
    await conversations.rememberPullRequest("thread", url, 2);
    await conversations.remember("thread", { repository: "acme/shop", branch: "b" }, 3);
    expect(await conversations.find("thread")).toMatchObject({ pullRequestUrl: url });
    await conversations.remember("thread", { repository: "acme/web", branch: "b" }, 4);
    expect(await conversations.find("thread")).toMatchObject({ pullRequestUrl: null });
  });

  it("is free again when its command has ended without letting go", async ({ expect }) => {
    const conversations = createConversations(env.DB);
    const commands = createCommands(env.DB);
    await commands.admit(command("a"), 1);
    await conversations.claim("thread", "a", 1);
    await commands.settle(command("a"), { ending: { outcome: "failed", reply: "" }, endedBy: "workflow" }, 2);
    expect(await conversations.claim("thread", "b", 3)).toBe(true);
  });
});

it("keeps a command's first end", async ({ expect }) => {
  const commands = createCommands(env.DB);
  await commands.admit(command("a"), 1);
  await commands.admit(command("a"), 9);
  const done = { outcome: "succeeded" as const, reply: "done" };
  expect(await commands.settle(command("a"), { ending: done, endedBy: "workflow" }, 2)).toBe(true);
  const late = { outcome: "failed" as const, reply: "late" };
  expect(await commands.settle(command("a"), { ending: late, endedBy: "watchdog" }, 3)).toBe(false);
  expect(await commands.settle(command("a"), { ending: done, endedBy: "workflow" }, 4)).toBe(true);
  expect(await env.DB.prepare("SELECT outcome, started_at, settled_at FROM commands").all()).toMatchObject({
    results: [{ outcome: "succeeded", started_at: 1, settled_at: 2 }],
  });
});

it("opens one lease per command", async ({ expect }) => {
  const leases = createLeases(env.DB);
  const terms = {
    repository: "acme/shop",
    branch: "b",
    headBefore: null,
    models: ["sonnet", "haiku"],
    expiresAt: 9,
    maxUsd: 1.5,
  };
  const payer = { workspace: "slack:T1", author: "slack:U1" };
  const id = await leases.open("a", terms, payer, 1);
  expect(await leases.open("a", { ...terms, branch: "c" }, payer, 2)).toBe(id);
  await leases.close("a", 5);
  await leases.close("a", 6);
  expect(await leases.find(id)).toEqual({ id, commandId: "a", ...terms, closedAt: 5 });
  expect(await leases.find("unknown")).toBeUndefined();
});
