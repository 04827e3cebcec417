import { beforeEach, describe, it } from "vitest";
import { createCommands } from "./commands.ts";
import { createLeases } from "./leases.ts";
import { createSpending } from "./spending.ts";
import { emptyDatabase, testCommand } from "./test-database.ts";

let db: D1Database;
beforeEach(async () => {
  db = await emptyDatabase();
});

const alice = { workspace: "slack:T1", author: "slack:U1" };
const bob = { workspace: "slack:T1", author: "slack:U2" };
const elsewhere = { workspace: "slack:T2", author: "slack:U1" };

function setUp() {
  const spending = createSpending(db);
  const commands = createCommands(db);
  const leases = createLeases(db);
  const terms = {
    repository: "acme/shop",
    branch: "b",
    headBefore: null,
    models: ["sonnet"],
    expiresAt: 9_000,
    maxUsd: 5,
  };
  return {
    reserve: async (id: string, payer = alice, caps: { workspace?: number; author?: number } = { workspace: 7 }) => {
      await commands.admit(testCommand(id), 1_000);
      return spending.reserve(id, payer, { maxUsd: 5, caps, sinceMs: 1_000 }, 1_000);
    },
    run: async (id: string, costUsd: number, payer = alice, nowMs = 1_000) => {
      const leaseId = await leases.open(id, terms, payer, nowMs);
      const microUsd = costUsd * 1e6;
      await spending.admit(
        { id: `call-${id}`, leaseId, model: "sonnet", microUsd, least: 0, leastBeside: 0, isLast: true },
        nowMs,
      );
      await spending.settle(`call-${id}`, leaseId, "sonnet", costUsd * 1e6, nowMs);
    },
    end: (id: string) =>
      commands.settle(testCommand(id), { ending: { outcome: "succeeded", reply: "ok" }, endedBy: "workflow" }, 2_000),
  };
}

describe("a month's money", () => {
  it("is put aside for the runs that are under way: two at once do not count on the same", async ({ expect }) => {
    const { reserve } = setUp();
    const got = await Promise.all([reserve("a"), reserve("b", bob), reserve("c")]);
    expect(got.toSorted()).toEqual([2, 5, undefined]);
  });

  it("is put aside once for a command, however often it asks", async ({ expect }) => {
    const { reserve } = setUp();
    expect([await reserve("a"), await reserve("a"), await reserve("b")]).toEqual([5, 5, 2]);
  });

  it("is free again when a run has ended, but for what that cost", async ({ expect }) => {
    const { reserve, run, end } = setUp();
    await reserve("a");
    await run("a", 1.5);
    expect(await reserve("b")).toBe(2);
    await end("a");
    await end("b");
    expect(await reserve("c")).toBe(5);
    expect(await reserve("d")).toBe(0.5);
  });

  it("is counted for each workspace and each person, and the tighter cap holds", async ({ expect }) => {
    const { reserve } = setUp();
    const caps = { workspace: 9, author: 6 };
    expect(await reserve("a", alice, caps)).toBe(5);
    expect(await reserve("b", alice, caps)).toBe(1);
    expect(await reserve("c", alice, caps)).toBeUndefined();
    expect(await reserve("d", bob, caps)).toBe(3);
    expect(await reserve("e", elsewhere, { workspace: 9 })).toBe(5);
  });

  it("knows nothing of what an earlier month has cost", async ({ expect }) => {
    const { reserve, run, end } = setUp();
    await reserve("a");
    await run("a", 6, alice, 999);
    await end("a");
    expect(await reserve("b")).toBe(5);
  });
});
