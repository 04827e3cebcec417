import { env } from "cloudflare:workers";
import { beforeEach, describe, it } from "vitest";
import type { Command } from "../../shared/command.ts";
import { Failure } from "../../shared/failure.ts";
import { readSettings } from "../../shared/settings.ts";
import type { DeadCommand } from "./dead-letter.ts";
import type { Ending } from "./ending.ts";
import type { InstanceState } from "./instances.ts";
import { testReplies } from "../replies/test-replies.ts";
import { createSandbox } from "../sandbox/sandbox.ts";
import { createApprovals } from "../stores/approvals.ts";
import { createAudit } from "../stores/audit.ts";
import { createAdmissions } from "../stores/admissions.ts";
import { createAutomation } from "../stores/automation.ts";
import { createCheckpoints } from "../stores/checkpoints.ts";
import { createCommands } from "../stores/commands.ts";
import { createBreakers } from "../stores/breakers.ts";
import { createEvidence } from "../stores/evidence.ts";
import { createConversations } from "../stores/conversations.ts";
import { createDeadLetters } from "../stores/dead-letters.ts";
import { createLastWords } from "../stores/last-words.ts";
import { createProofs } from "../stores/proofs.ts";
import { createLeases } from "../stores/leases.ts";
import { createMessagesToRuns } from "../stores/messages-to-runs.ts";
import { emptyDatabase, testCommand } from "../stores/test-database.ts";
import { createSpending } from "../stores/spending.ts";
import { createThreadIssues } from "../stores/thread-issues.ts";
import { createUnended } from "../stores/unended.ts";
import { watch } from "./watchdog.ts";

const minute = 60_000;
const thread = "slack:T1:C1:1.1";
let db: D1Database;
beforeEach(async () => {
  db = await emptyDatabase();
});

/** A world in which command `a` began at 0, claimed its thread and holds a lease until its 32nd minute. */
async function setUp(state: InstanceState | Error, { refusal }: { refusal?: Failure } = {}) {
  const { replies, said, marks } = testReplies(refusal);
  const sent: DeadCommand[] = [];
  const terminated: string[] = [];
  const stopped: string[] = [];
  const logs: string[] = [];
  const counted: string[][] = [];
  const clock = { now: 0 };
  const stores = {
    commands: createCommands(db),
    conversations: createConversations(db),
    proofs: createProofs(db),
    leases: createLeases(db),
  };
  await stores.commands.admit(testCommand("a"), 0);
  await stores.conversations.claim(thread, "a", 0);
  const terms = {
    repository: "acme/shop",
    branch: "b",
    headBefore: null,
    models: [],
    expiresAt: 32 * minute,
    maxUsd: 5,
  };
  await stores.leases.open("a", terms, { workspace: "slack:T1", author: "slack:U1" }, 0);
  const executor = {
    lend: () => Promise.reject(new Error("must not lend")),
    fetch: async (_conversation: string, path: string) => {
      stopped.push(path);
      return new Response("{}");
    },
  };
  const needs = {
    ...stores,
    replies: () => replies,
    linear: undefined,
    github: undefined,
    sandbox: (conversation: string) => createSandbox(executor, conversation),
    lastWords: createLastWords(db),
    deadLetters: createDeadLetters(db),
    record: createAudit(db, () => clock.now).record,
    sendDead: async (dead: DeadCommand) => void sent.push(dead),
    spending: createSpending(db),
    automation: createAutomation(db),
    admissions: createAdmissions(db),
    threadIssues: createThreadIssues(env.BUGBOT_KV),
    linearTeams: undefined,
    breakers: createBreakers(db),
    evidence: createEvidence(db),
    messagesToRuns: createMessagesToRuns(db),
    approvals: createApprovals(db),
    wake: () => Promise.reject(new Error("must not wake")),
    checkpoints: createCheckpoints(env.CHECKPOINTS, { key: undefined, ttlDays: 30, now: () => clock.now }),
    sources: { behaviour: undefined, code: undefined },
    settings: readSettings({}),
    metrics: {
      commandEnded: ({ id }: Command, { outcome }: Ending, endedBy: string) =>
        void counted.push([id, outcome, endedBy]),
      sourceFailed: () => undefined,
    },
    log: (event: string) => void logs.push(event),
    now: () => clock.now,
    unended: createUnended(db),
    instances: {
      start: () => Promise.reject(new Error("must not start")),
      isKnown: () => Promise.resolve(true),
      state: () => (state instanceof Error ? Promise.reject(state) : Promise.resolve(state)),
      terminate: async (id: string) => void terminated.push(id),
    },
  };
  const row = () => db.prepare("SELECT outcome, ended_by, last_word_at FROM commands WHERE id = 'a'").first();
  const claim = () => db.prepare("SELECT running_command_id FROM conversations").first("running_command_id");
  const lease = () => db.prepare("SELECT closed_at FROM leases").first("closed_at");
  const watchAt = (nowMs: number) => {
    clock.now = nowMs;
    return watch(needs);
  };
  return { needs, said, marks, sent, terminated, stopped, logs, counted, row, claim, lease, watchAt };
}

describe("the watchdog", () => {
  it.for<[string, InstanceState]>([
    ["vanished", { kind: "ended", how: "gone" }],
    ["errored", { kind: "ended", how: "errored" }],
    ["was terminated", { kind: "ended", how: "terminated" }],
  ])("ends a command whose Workflow %s: one last word, a dead letter, nothing held", async ([, state], { expect }) => {
    const world = await setUp(state);
    await Promise.all([world.watchAt(2 * minute), world.watchAt(2 * minute)]);
    await world.watchAt(3 * minute);
    expect(world.said).toEqual([
      {
        id: "a",
        text: expect.stringMatching(/^❌ Something broke[\s\S]*`a`/),
        buttons: [{ action: "retry", commandId: "a" }],
      },
    ]);
    expect(world.marks).toEqual(["failed"]);
    expect(await world.row()).toEqual({ outcome: "failed", ended_by: "watchdog", last_word_at: 2 * minute });
    expect(new Set(world.sent.map(({ command }) => command.id))).toEqual(new Set(["a"]));
    expect({ claim: await world.claim(), lease: await world.lease() }).toEqual({ claim: null, lease: 2 * minute });
    expect(world.stopped).toContain("/jobs/a/stop");
    expect(world.terminated).toEqual([]);
    expect(world.counted).toEqual([["a", "failed", "watchdog"]]);
  });

  it("leaves alone what has just begun, and what still runs in its time", async ({ expect }) => {
    const young = await setUp({ kind: "ended", how: "gone" });
    await young.watchAt(30_000);
    const running = await setUp({ kind: "going" });
    await running.watchAt(46 * minute);
    for (const world of [young, running]) {
      expect(world).toMatchObject({ said: [], sent: [], terminated: [], stopped: [] });
      expect(await world.row()).toEqual({ outcome: null, ended_by: null, last_word_at: null });
      expect({ claim: await world.claim(), lease: await world.lease() }).toEqual({ claim: "a", lease: null });
    }
  });

  it.for<[string, InstanceState | Error, string[]]>([
    ["still runs", { kind: "going" }, ["a"]],
    ["cannot be asked", new Error("Workflows are down"), []],
  ])("ends a command past its limits whose Workflow %s", async ([, state, terminated], { expect }) => {
    const world = await setUp(state);
    await world.watchAt(48 * minute);
    expect(world.terminated).toEqual(terminated);
    expect(world.said).toMatchObject([{ text: expect.stringMatching(/^⏳ It took longer than it may\./) }]);
    expect(await world.row()).toMatchObject({ outcome: "timed_out" });
  });

  it("names the issue and the pull request that were made before, with a button for each", async ({ expect }) => {
    const world = await setUp({ kind: "ended", how: "gone" });
    const issue = { id: "i", identifier: "BUG-1", url: "https://linear.app/acme/issue/BUG-1" };
    const facts = { issue, repository: "acme/shop", branch: "b" };
    await world.needs.conversations.remember(thread, facts, 1);
    await world.needs.conversations.rememberPullRequest(thread, "https://github.com/acme/shop/pull/7", 2);
    await world.watchAt(2 * minute);
    expect(world.said).toMatchObject([
      {
        text: expect.stringContaining("It is about [BUG-1](https://linear.app/acme/issue/BUG-1)."),
        links: [
          { label: "Open issue", url: "https://linear.app/acme/issue/BUG-1" },
          { label: "Open pull request", url: "https://github.com/acme/shop/pull/7" },
        ],
      },
    ]);
    const kept = await db.prepare("SELECT issue_identifier, pull_request_url FROM commands").first();
    expect(kept).toEqual({ issue_identifier: "BUG-1", pull_request_url: "https://github.com/acme/shop/pull/7" });
  });

  it("does nothing to a command whose Workflow cannot be asked, while it is in time", async ({ expect }) => {
    const world = await setUp(new Error("Workflows are down"));
    await world.watchAt(5 * minute);
    expect(world.said).toEqual([]);
    expect(world.logs).toEqual(["watchdog_failed"]);
    expect(await world.row()).toMatchObject({ outcome: null });
  });

  it("writes down how a Workflow ended that could not, and says nothing in addition", async ({ expect }) => {
    const ending = { outcome: "succeeded" as const, reply: "✅ done" };
    const world = await setUp({ kind: "finished", result: { ending, button: null, said: true } });
    await world.watchAt(2 * minute);
    expect(world).toMatchObject({ said: [], sent: [] });
    expect(await world.row()).toEqual({ outcome: "succeeded", ended_by: "workflow", last_word_at: 2 * minute });
    expect({ claim: await world.claim(), lease: await world.lease() }).toEqual({ claim: null, lease: 2 * minute });
  });

  it("says later what a Workflow could not say, once it is over, with all that stands beside it", async ({
    expect,
  }) => {
    const beside = {
      links: [{ label: "Open pull request", url: "https://github.com/acme/shop/pull/7" }],
      card: { title: "fix: it", url: "https://github.com/acme/shop/pull/7", summary: "It was wrong." },
    };
    const ending = { outcome: "succeeded" as const, reply: "✅ done", ...beside };
    const world = await setUp({ kind: "finished", result: { ending, button: null, said: false } });
    await world.watchAt(2 * minute);
    await world.watchAt(3 * minute);
    expect(world.said).toEqual([{ id: "a", text: "✅ done", buttons: [], ...beside }]);
    expect(await world.row()).toMatchObject({ last_word_at: 2 * minute });
  });

  it("does not interrupt a Workflow that is about to say its last word", async ({ expect }) => {
    const world = await setUp({ kind: "going" });
    const ending = { outcome: "succeeded" as const, reply: "✅ done" };
    await world.needs.commands.settle(testCommand("a"), { ending, endedBy: "workflow" }, 1);
    await world.watchAt(5 * minute);
    expect(world.said).toEqual([]);
  });

  it("tries again next minute while chat is down, and gives up when it is refused for good", async ({ expect }) => {
    const down = new Failure("slack_unreachable", { reply: "Slack does not answer.", retry: true });
    const waiting = await setUp({ kind: "ended", how: "gone" }, { refusal: down });
    await waiting.watchAt(2 * minute);
    expect(await createLastWords(db).unsaid(2 * minute, 5)).toHaveLength(1);
    expect(waiting.logs).toContain("last_word_late");

    const gone = new Failure("slack_rejected", { reply: "Slack did not accept this.", retry: false });
    const refused = await setUp({ kind: "ended", how: "gone" }, { refusal: gone });
    await refused.watchAt(4 * minute);
    expect(await createLastWords(db).unsaid(4 * minute, 5)).toEqual([]);
    expect(refused.logs).toContain("last_word_lost");
  });

  it("frees a thread that a command claims which has ended, and no other", async ({ expect }) => {
    const world = await setUp({ kind: "going" });
    const conversations = createConversations(db);
    await conversations.claim("other", "unknown", 0);
    await world.watchAt(2 * minute);
    expect(await db.prepare("SELECT id, running_command_id FROM conversations ORDER BY id").all()).toMatchObject({
      results: [
        { id: "other", running_command_id: null },
        { id: thread, running_command_id: "a" },
      ],
    });
  });
});
