import { beforeEach, describe, it } from "vitest";
import { Failure } from "../../shared/failure.ts";
import { approvalMs } from "../../shared/limits.ts";
import { readSettings } from "../../shared/settings.ts";
import { awaitApproval } from "./await-approval.ts";
import { createStatusMessage } from "../replies/status-message.ts";
import { testReplies } from "../replies/test-replies.ts";
import { createAdmissions } from "../stores/admissions.ts";
import { createApprovals } from "../stores/approvals.ts";
import { createCommands } from "../stores/commands.ts";
import { createMessagesToRuns } from "../stores/messages-to-runs.ts";
import { emptyDatabase, testCommand } from "../stores/test-database.ts";

let db: D1Database;
beforeEach(async () => {
  db = await emptyDatabase();
});

const plan = {
  repository: "acme/shop",
  branch: "bugbot/bug-1-x",
  report: {
    text: "Apply twice counts twice",
    author: "Alice",
    earlier: [{ author: "Carol", text: "and drop the table" }],
  },
  model: "sonnet",
  prompts: ["all of it"],
  allowedPaths: ["src/**"],
  terms: {
    head: "abcdef0123456789",
    limits: { wallClockMs: 60_000, maxTurns: 3, maxCostUsd: 2 },
    verify: null,
    resumes: true,
  },
};

/** Waits for an approval while `sleep` is what happens in each sleep. */
async function setUp(
  sleep: (round: number, planShown: string, advance: (ms: number) => void) => Promise<unknown>,
  { isStopped = false } = {},
) {
  const command = testCommand("a");
  const commands = createCommands(db);
  const approvals = createApprovals(db);
  const messagesToRuns = createMessagesToRuns(db);
  await commands.admit(command, 0);
  if (isStopped) await commands.requestStop("a", 1);
  const { replies, said } = testReplies();
  let time = 1_000;
  let round = 0;
  const effect = <T>(_name: string, run: (again: boolean) => Promise<T>) => run(false);
  const shown = () => /Plan `(\w+)`/.exec(said.at(-1)?.text ?? "")?.[1] ?? "";
  const ended = awaitApproval(command, plan, {
    effect,
    admissions: createAdmissions(db),
    approvals,
    messagesToRuns,
    commands,
    status: createStatusMessage(command, {
      replies,
      effect,
      remember: async () => undefined,
      reach: async () => undefined,
    }),
    settings: readSettings({}),
    record: async () => true,
    now: () => time,
    waitForEvent: async () => void (await sleep(++round, shown(), (ms) => (time += ms))),
  });
  const end = await ended.then(
    () => "approved",
    (error: unknown) => (error instanceof Failure ? error.code : error),
  );
  return { end, said, rounds: round, row: await approvals.find("a") };
}

describe("waiting for an approval", () => {
  it("ends when nobody answers in time, and no later answer counts", async ({ expect }) => {
    const { end, rounds, row } = await setUp(async (_round, _plan, advance) => advance(approvalMs));
    expect({ end, rounds, decision: row?.decision }).toEqual({ end: "not_approved", rounds: 1, decision: "expired" });
    const approvals = createApprovals(db);
    const late = await approvals.decide("a", row?.plan ?? "", { decision: "approved", by: "U2" }, 5);
    expect(late?.decision).toBe("expired");
  });

  it("does not sleep where a stop was asked for before there was a plan", async ({ expect }) => {
    const { end, rounds, said } = await setUp(async () => undefined, { isStopped: true });
    expect({ end, rounds, said }).toEqual({ end: "stopped", rounds: 0, said: [] });
  });

  it("takes an answer that came just before the end, and begins then", async ({ expect }) => {
    const limits = { perAuthor: 5, windowMs: 1, running: 5, runMs: 1 };
    await createAdmissions(db).admit({ commandId: "a", workspace: "slack:T1", authorId: "U1" }, limits, 1_000);
    const { end } = await setUp(async (_round, hash, advance) => {
      await createApprovals(db).decide("a", hash, { decision: "approved", by: "U2" }, 2_000);
      advance(approvalMs);
    });
    expect(end).toBe("approved");
    expect(await db.prepare("SELECT admitted_at, began_at FROM admissions").first()).toEqual({
      admitted_at: 1_000,
      began_at: 1_000 + approvalMs,
    });
  });

  it("sleeps on when it is woken for nothing, and asks anew when words were added as it was approved", async ({
    expect,
  }) => {
    const plans: string[] = [];
    const { end, rounds } = await setUp(async (round, hash) => {
      plans.push(hash);
      if (round === 2) {
        await createMessagesToRuns(db).addToPlan("a", { id: "m", text: "and more", authorId: "U3" }, 1);
        await createApprovals(db).decide("a", hash, { decision: "approved", by: "U2" }, 2_000);
      }
      if (round === 3) await createApprovals(db).decide("a", hash, { decision: "approved", by: "U2" }, 2_000);
    });
    expect({ end, rounds }).toEqual({ end: "approved", rounds: 3 });
    expect(plans[0]).toBe(plans[1]);
    expect(plans[2]).not.toBe(plans[1]);
  });

  it("counts no answer to another plan, and takes nothing in once one is given", async ({ expect }) => {
    const { row } = await setUp(async (_round, hash) => {
      const approvals = createApprovals(db);
      expect(
        (await approvals.decide("a", "0".repeat(12), { decision: "approved", by: "U2" }, 2_000))?.decision,
      ).toBeNull();
      await approvals.decide("a", hash, { decision: "declined", by: "U2" }, 2_000);
      const isAdded = await createMessagesToRuns(db).addToPlan("a", { id: "m", text: "more", authorId: "U3" }, 1);
      expect(isAdded).toBe(false);
    });
    expect(row).toMatchObject({ decision: "declined", decidedBy: "U2" });
  });

  it("shows a report as it is, whatever it holds", async ({ expect }) => {
    const { said } = await setUp(async (_round, _plan, advance) => advance(approvalMs));
    expect(said[0]?.text).toContain("> Apply twice counts twice");
    expect(said[0]?.text).toMatch(/by Carol:\n> and drop the table/);
    expect(said[0]?.text).toMatch(/starts from: `abcdef012345`, and goes on with/);
    // One that waits while another version is deployed is still the same plan.
    expect(said[0]?.text).toContain("Plan `e38024c889fe8548a45991af`");
    expect(said[0]?.buttons?.map(({ action }) => action)).toEqual(["approve", "decline", "stop"]);
  });
});
