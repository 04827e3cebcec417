import { env } from "cloudflare:workers";
import { beforeEach, describe, it } from "vitest";
import type { Command } from "../../shared/command.ts";
import { Failure } from "../../shared/failure.ts";
import { dayMs, watchdogBatch } from "../../shared/limits.ts";
import { conversationGone } from "../gone.ts";
import { asItIs } from "../../shared/redact.ts";
import { readSettings } from "../../shared/settings.ts";
import type { DeadCommand } from "./dead-letter.ts";
import type { NotedEnding } from "./note-end.ts";
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
import { watch, type WatchdogNeeds } from "./watchdog.ts";

const minute = 60_000;
const thread = "slack:T1:C1:1.1";
let db: D1Database;
beforeEach(async () => {
  db = await emptyDatabase();
});

/** A world in which command `a` began at 0, claimed its thread and holds a lease until its 32nd minute. */
async function setUp(
  state: InstanceState | Error | ((id: string) => InstanceState),
  { refusal }: { refusal?: Failure } = {},
) {
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
  const needs: WatchdogNeeds = {
    ...stores,
    replies: () => replies,
    linear: undefined,
    github: undefined,
    sandbox: (conversation: string) => createSandbox(executor, conversation),
    lastWords: createLastWords(db),
    deadLetters: createDeadLetters(db),
    record: createAudit({ db, now: () => clock.now, later: () => undefined }).record,
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
    redact: asItIs,
    metrics: {
      commandEnded: ({ id }: Command, { outcome }: NotedEnding, endedBy: string) =>
        void counted.push([id, outcome, endedBy]),
      sourceFailed: () => undefined,
    },
    log: (event: string) => void logs.push(event),
    now: () => clock.now,
    unended: createUnended(db),
    instances: {
      start: () => Promise.reject(new Error("must not start")),
      isKnown: () => Promise.resolve(true),
      state: async (id: string) => {
        if (state instanceof Error) throw state;
        return typeof state === "function" ? state(id) : state;
      },
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
    expect(world.sent).toMatchObject([{ error: expect.stringMatching(/^timed_out: It took|\(unreachable\)$/) }]);
    expect(world.said).toMatchObject([{ text: expect.stringMatching(/^⏳ It took longer than it may\./) }]);
    expect(await world.row()).toMatchObject({ outcome: "timed_out" });
  });

  it("says of a command past its limits that an operator had paused it", async ({ expect }) => {
    const world = await setUp({ kind: "going", isPaused: true });
    await world.watchAt(46 * minute);
    expect(world.said).toEqual([]);
    await world.watchAt(48 * minute);
    expect(world.said).toMatchObject([
      {
        text: expect.stringMatching(/^⏳ Whoever runs bugbot had paused it, and its time is up\./),
      },
    ]);
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

  it("notes what a Workflow has said and could not note, and does not say it again", async ({ expect }) => {
    const ending = { outcome: "succeeded" as const, reply: "✅ done" };
    const world = await setUp({ kind: "finished", result: { ending, button: null, said: true } });
    await world.needs.commands.settle(testCommand("a"), { ending, endedBy: "workflow" }, 1);
    await world.watchAt(2 * minute);
    await world.watchAt(20 * minute);
    expect(world).toMatchObject({ said: [], sent: [], counted: [["a", "succeeded", "bugbot"]] });
    expect(await world.row()).toMatchObject({ last_word_at: 2 * minute });
  });

  it("notes of a Workflow that died before it could what it led to", async ({ expect }) => {
    const world = await setUp({ kind: "ended", how: "gone" });
    const pullRequestUrl = "https://github.com/acme/shop/pull/7";
    const usage = { costUsd: 0.5, turns: 3, durationMs: 9 };
    const ending = { outcome: "succeeded" as const, reply: "✅ done", issue: "BUG-1", pullRequestUrl, usage };
    await world.needs.commands.settle(testCommand("a"), { ending, endedBy: "workflow" }, 1);
    await world.watchAt(2 * minute);
    expect(world.said.map(({ text }) => text)).toEqual(["✅ done"]);
    const facts = await db.prepare("SELECT facts FROM audit_unsealed WHERE action = 'ended'").first<string>("facts");
    expect(JSON.parse(facts ?? "")).toEqual({
      outcome: "succeeded",
      why: "✅ done",
      issue: "BUG-1",
      pullRequest: pullRequestUrl,
      costUsd: 0.5,
    });
  });

  it("notes an end that whoever ended it could not note, with its last word", async ({ expect }) => {
    const world = await setUp({ kind: "ended", how: "gone" });
    const { record } = world.needs;
    let isDown = true;
    world.needs.record = async (deed) => {
      if (isDown && deed.action === "ended") throw new Error("D1_ERROR");
      return record(deed);
    };
    await world.watchAt(2 * minute);
    expect(world).toMatchObject({ said: [], counted: [] });
    isDown = false;
    await world.watchAt(3 * minute);
    await world.watchAt(4 * minute);
    expect(world.said).toHaveLength(1);
    expect(world.counted).toEqual([["a", "failed", "watchdog"]]);
  });

  it("does not interrupt a Workflow that is about to say its last word", async ({ expect }) => {
    const world = await setUp({ kind: "going" });
    const ending = { outcome: "succeeded" as const, reply: "✅ done" };
    await world.needs.commands.settle(testCommand("a"), { ending, endedBy: "workflow" }, 1);
    await world.watchAt(5 * minute);
    expect(world.said).toEqual([]);
    expect(world.terminated).toEqual([]);
  });

  it.for<[string, InstanceState | Error]>([
    ["hangs", { kind: "going" }],
    ["cannot be asked", new Error("the engine is down")],
  ])("says the last word of a Workflow that %s once it has had its time to say it", async ([, state], { expect }) => {
    const world = await setUp(state);
    const ending = { outcome: "succeeded" as const, reply: "✅ done" };
    await world.needs.commands.settle(testCommand("a"), { ending, endedBy: "workflow" }, 0);
    await world.watchAt(15 * minute);
    expect(world.said).toEqual([]);
    await Promise.all([world.watchAt(16 * minute), world.watchAt(16 * minute)]);
    await world.watchAt(20 * minute);
    expect(world.said).toEqual([{ id: "a", text: "✅ done", buttons: [] }]);
    expect(new Set(world.terminated)).toEqual(new Set(["a"]));
    expect(await world.row()).toMatchObject({ outcome: "succeeded", last_word_at: 16 * minute });
  });

  it.for<[string, Failure]>([
    ["is down", new Failure("slack_unreachable", { reply: "Slack does not answer.", retry: true })],
    ["refuses the token", new Failure("slack_rejected", { reply: "Slack says invalid_auth.", retry: false })],
    ["is not set up", new Failure("platform_off", { reply: "slack is not set up.", retry: false })],
  ])("tries again, each time later, while chat %s, and gives up after a week", async ([, refusal], { expect }) => {
    const world = await setUp({ kind: "ended", how: "gone" }, { refusal });
    const tries = () => world.logs.filter((event) => event === "last_word_late").length;
    for (let at = 2; at <= 10; at++) await world.watchAt(at * minute);
    // In the 2nd, 3rd, 5th and 9th minute.
    expect(tries()).toBe(4);
    for (let day = 1; day <= 6; day++) await world.watchAt(day * dayMs);
    expect(tries()).toBe(10);
    expect(world.logs).not.toContain("last_word_lost");
    for (let day = 7; day <= 10; day++) await world.watchAt(day * dayMs);
    expect(world.logs.filter((event) => event === "last_word_lost")).toEqual(["last_word_lost"]);
    expect(world.said).toEqual([]);
    expect(await db.prepare("SELECT last_word_error FROM commands").first("last_word_error")).toContain(refusal.reply);
  });

  it("waits as long as chat asks", async ({ expect }) => {
    const refusal = new Failure("slack_rate_limited", { reply: "Slower.", retry: true, retryAfterMs: 2 * 3_600_000 });
    const world = await setUp({ kind: "ended", how: "gone" }, { refusal });
    for (let at = 2; at <= 100; at += 7) await world.watchAt(at * minute);
    expect(world.logs.filter((event) => event === "last_word_late")).toHaveLength(1);
  });

  it("gives up at once where nobody will ever hear it", async ({ expect }) => {
    const world = await setUp(
      { kind: "ended", how: "gone" },
      { refusal: conversationGone("is_archived", new Error("is_archived")) },
    );
    await world.watchAt(2 * minute);
    await world.watchAt(60 * minute);
    expect(world.logs.filter((event) => event.startsWith("last_word"))).toEqual(["last_word_lost"]);
  });

  it("finds one that vanished behind any number that wait for an approval or still run", async ({ expect }) => {
    const world = await setUp((id) => (id === "a" ? { kind: "ended", how: "gone" } : { kind: "going" }));
    const { commands, approvals } = world.needs;
    for (let at = 0; at < 2 * watchdogBatch; at++) {
      await commands.admit(testCommand(`waits${at}`), at - 2_000);
      await approvals.ask(`waits${at}`, { conversationId: "other", plan: "p", expiresAt: 24 * 60 * minute });
      await commands.admit(testCommand(`runs${at}`), at - 1_000);
    }
    for (let at = 2; at <= 6; at++) await world.watchAt(at * minute);
    expect(world.said.map(({ id }) => id)).toEqual(["a"]);
    expect(await world.row()).toMatchObject({ outcome: "failed" });
  });

  it("ends one whose Workflow vanished while it waited for an approval", async ({ expect }) => {
    const world = await setUp({ kind: "ended", how: "gone" });
    await world.needs.approvals.ask("a", { conversationId: thread, plan: "p", expiresAt: 24 * 60 * minute });
    await world.watchAt(2 * minute);
    expect(await world.row()).toMatchObject({ outcome: "failed", last_word_at: 2 * minute });
  });

  it("says Slack's last words however many Discord does not take", async ({ expect }) => {
    const world = await setUp({ kind: "going" });
    const { commands } = world.needs;
    const settlement = { ending: { outcome: "succeeded" as const, reply: "✅ done" }, endedBy: "queue" as const };
    for (let at = 0; at < watchdogBatch; at++) {
      const conversation = { platform: "discord" as const, guildId: "1", channelId: "2", messageId: `${at}` };
      await commands.settle({ ...testCommand(`d${at}`), conversation }, settlement, at - 1_000);
    }
    await commands.settle(testCommand("s"), settlement, 1);
    const { replies } = world.needs;
    world.needs.replies = (platform) => {
      if (platform === "slack") return replies(platform);
      throw new Failure("discord_unreachable", { reply: "Discord does not answer.", retry: true });
    };
    await world.watchAt(2 * minute);
    expect(world.said.map(({ id }) => id)).toEqual(["s"]);
  });

  it("says what another version wrote cannot be read, keeps all of it, and goes on with the others", async ({
    expect,
  }) => {
    const world = await setUp({ kind: "ended", how: "errored" });
    const body = JSON.stringify({ ...testCommand("p"), name: "triage", extra: 1 });
    const insert = "INSERT INTO commands (id, name, text, conversation_id, author_id, received_at, started_at, body)";
    await db.prepare(`${insert} VALUES ('p', 'triage', '', 'slack:T1:C1:1.1', 'U1', 0, -1, ?)`).bind(body).run();
    await db.prepare(`${insert} VALUES ('q', 'triage', '', 'teams:7', 'U1', 0, -2, '{"id"')`).run();
    await world.needs.conversations.claim("teams:7", "q", 0);
    await world.watchAt(2 * minute);
    await world.watchAt(3 * minute);
    expect(world.said.toSorted((one, other) => one.id.localeCompare(other.id))).toMatchObject([
      { id: "a", text: expect.stringMatching(/^❌ Something broke/) },
      { id: "p", text: expect.stringMatching(/^❌ Another version[\s\S]*`p`/), buttons: [] },
    ]);
    const ended = "SELECT id, outcome, ended_by, last_word_error IS NOT NULL AS lost FROM commands ORDER BY id";
    expect((await db.prepare(ended).all()).results).toEqual([
      { id: "a", outcome: "failed", ended_by: "watchdog", lost: 0 },
      { id: "p", outcome: "failed", ended_by: "watchdog", lost: 0 },
      { id: "q", outcome: "failed", ended_by: "watchdog", lost: 1 },
    ]);
    expect(await world.needs.deadLetters.find("p")).toMatchObject({ body, commandId: "p", name: "triage" });
    expect(await world.needs.deadLetters.find("q")).toMatchObject({ body: '{"id"', commandId: "q" });
    expect(await world.needs.conversations.claim("teams:7", "next", 1)).toBe(true);
  });

  it("leaves alone what another version's Workflow still works on", async ({ expect }) => {
    const world = await setUp({ kind: "going" });
    await db.prepare("UPDATE commands SET body = '{}'").run();
    await world.watchAt(46 * minute);
    expect(await world.row()).toMatchObject({ outcome: null });
    await world.watchAt(48 * minute);
    expect(await world.row()).toMatchObject({ outcome: "timed_out", last_word_at: null });
    expect(world.terminated).toEqual(["a"]);
  });

  it("does each of its duties whatever becomes of the others", async ({ expect }) => {
    const world = await setUp({ kind: "going" });
    const settlement = { ending: { outcome: "succeeded" as const, reply: "✅ done" }, endedBy: "queue" as const };
    await world.needs.commands.settle(testCommand("s"), settlement, 1);
    await world.needs.conversations.claim("other", "unknown", 0);
    world.needs.unended = { ...world.needs.unended, take: () => Promise.reject(new Error("D1_ERROR")) };
    await world.watchAt(2 * minute);
    expect(world.said.map(({ id }) => id)).toEqual(["s"]);
    expect(world.logs).toEqual(["watchdog_failed", "command_settled", "watchdog_freed"]);
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
