import { beforeEach, it } from "vitest";
import { asItIs } from "../../shared/redact.ts";
import { readSettings } from "../../shared/settings.ts";
import { createSandbox } from "../sandbox/sandbox.ts";
import { createApprovals } from "../stores/approvals.ts";
import { createCommands } from "../stores/commands.ts";
import { createMessagesToRuns } from "../stores/messages-to-runs.ts";
import { emptyDatabase, testCommand } from "../stores/test-database.ts";
import { passOn } from "./pass-on.ts";

let db: D1Database;
beforeEach(async () => {
  db = await emptyDatabase();
});

/** A thread where the fix `run` is under way, which hears nothing before `hearsAtMs`, and `waiting` others wait for it. */
async function setUp({ hearsAtMs = 0, waiting = 0 }) {
  let nowMs = 0;
  const asked: number[] = [];
  const commands = createCommands(db);
  await commands.admit({ ...testCommand("run"), receivedAt: 0 }, 0);
  for (let at = 0; at < waiting; at++) await commands.admit({ ...testCommand(`waits${at}`), receivedAt: at + 1 }, 0);
  const mine = { ...testCommand("mine"), text: "also the empty cart", receivedAt: 1_000 };
  await commands.admit(mine, 0);
  const executor = {
    lend: () => Promise.reject(new Error("must not lend")),
    fetch: async () => {
      asked.push(nowMs);
      return new Response(null, { status: nowMs < hearsAtMs ? 409 : 200 });
    },
  };
  const needs = {
    effect: async <T>(_name: string, run: (again: boolean) => Promise<T>) => run(false),
    commands,
    sandbox: (conversation: string) => createSandbox(executor, conversation, asItIs),
    messagesToRuns: createMessagesToRuns(db),
    approvals: createApprovals(db),
    wake: () => Promise.reject(new Error("must not wake")),
    settings: readSettings({}),
    now: () => nowMs,
    wait: async (ms: number) => void (nowMs += ms),
  };
  return { asked, passedOn: passOn(mine, "first", needs) };
}

it("says it at once to a run that hears", async ({ expect }) => {
  const { asked, passedOn } = await setUp({});
  expect(await passedOn).toMatchObject({ outcome: "succeeded", reply: expect.stringMatching(/^💬 Passed on/) });
  expect(asked).toEqual([0]);
});

it("asks a run that cannot hear it yet ever more seldom", async ({ expect }) => {
  const { asked, passedOn } = await setUp({ hearsAtMs: 10 * 60_000 });
  expect(await passedOn).toMatchObject({ outcome: "succeeded" });
  expect(asked.filter((at) => at < 2_000)).toHaveLength(3);
  expect(asked.length).toBeLessThan(160);
  const pauses = asked.slice(10).map((at, index) => at - (asked[index + 9] ?? 0));
  expect(Math.max(...pauses)).toBe(5_000);
});

it("does not wait where twenty others do", async ({ expect }) => {
  const { asked, passedOn } = await setUp({ hearsAtMs: 60_000, waiting: 20 });
  expect(await passedOn).toEqual({ outcome: "refused", reply: expect.stringContaining("20 messages") });
  expect(asked).toEqual([0]);
});

it("waits where nineteen others do", async ({ expect }) => {
  const { passedOn } = await setUp({ hearsAtMs: 60_000, waiting: 19 });
  expect(await passedOn).toMatchObject({ outcome: "succeeded" });
});
