import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { beforeEach, describe, it } from "vitest";
import { Failure } from "../../shared/failure.ts";
import { lastWordRetries } from "../../shared/limits.ts";
import { createRedact } from "../../shared/redact.ts";
import type { DeadCommand } from "./dead-letter.ts";
import { createAudit } from "../stores/audit.ts";
import { createCommands } from "../stores/commands.ts";
import { createDeadLetters } from "../stores/dead-letters.ts";
import { createLastWords } from "../stores/last-words.ts";
import { emptyDatabase, testCommand } from "../stores/test-database.ts";
import { testReplies } from "../replies/test-replies.ts";
import { takeDeadLetters } from "./take-dead-letters.ts";

let db: D1Database;
beforeEach(async () => {
  db = await emptyDatabase();
});

async function take(body: unknown, { isStarted = false, refusal }: { isStarted?: boolean; refusal?: Failure } = {}) {
  const batch = createMessageBatch("bugbot-commands-dlq", [{ id: "m1", timestamp: new Date(7), attempts: 1, body }]);
  const context = createExecutionContext();
  const { replies, said } = testReplies(refusal);
  const lines: unknown[][] = [];
  await takeDeadLetters(batch, {
    deadLetters: createDeadLetters(db),
    commands: createCommands(db),
    lastWords: createLastWords(db),
    record: createAudit({ db, now: () => 9, later: () => undefined }).record,
    metrics: { commandEnded: () => undefined },
    replies: () => replies,
    redact: createRedact(["s3cret-of-the-vendor"]),
    isStarted: () => Promise.resolve(isStarted),
    log: (event, facts) => void lines.push([event, facts?.["commandId"]]),
    now: () => 9,
  });
  return { result: await getQueueResult(batch, context), said, lines };
}

async function deliver(...given: Parameters<typeof take>) {
  return { ...(await take(...given)), letters: await createDeadLetters(db).list(10) };
}

const dead: DeadCommand = {
  v: 1,
  kind: "dead_command",
  command: testCommand("slack-Ev1"),
  error: "github_unreachable: GitHub does not answer.",
  errors: [{ step: "look at branch", attempt: 1, error: "Failure: no", at: 5 }],
  attempts: 3,
  diedAt: 6,
};

describe("a message on the dead-letter queue", () => {
  it("that a Workflow sent is kept once, and its thread is told nothing more", async ({ expect }) => {
    await deliver(dead);
    const { result, said, letters } = await deliver(dead);
    expect(result).toMatchObject({ explicitAcks: ["m1"], retryMessages: [] });
    expect(said).toEqual([]);
    expect(letters).toMatchObject([
      {
        id: "slack-Ev1",
        commandId: "slack-Ev1",
        name: "fix",
        conversation: "slack:T1:C1:1.1",
        attempts: 3,
        status: "dead",
        diedAt: 6,
      },
    ]);
    expect(await createDeadLetters(db).find("slack-Ev1")).toMatchObject({ errors: dead.errors });
  });

  it("that comes after its command was asked for again is none to replay", async ({ expect }) => {
    const commands = createCommands(db);
    await commands.receive(testCommand("slack-Ev1"), 1);
    await commands.claimRetry("slack-Ev1", "slack-press");
    await commands.receive({ ...testCommand("slack-press"), name: "retry" }, 2);
    await commands.admit(testCommand("slack-press"), 3);
    expect((await deliver(dead)).letters).toMatchObject([{ status: "replayed", replayedAs: "slack-press" }]);
  });

  it("that comes after a retry that was turned away is one to replay", async ({ expect }) => {
    const commands = createCommands(db);
    await commands.receive(testCommand("slack-Ev1"), 1);
    await commands.claimRetry("slack-Ev1", "slack-press");
    await commands.admit({ ...testCommand("slack-press"), name: "retry" }, 3);
    expect((await deliver(dead)).letters).toMatchObject([{ status: "dead", replayedAs: null }]);
  });

  it("holds no secret that somebody typed", async ({ expect }) => {
    for (const body of [
      { ...testCommand("slack-Ev1"), text: "s3cret-of-the-vendor" },
      { ...testCommand("slack-Ev2"), text: "s3cret-of-the-vendor", name: "triage" },
      ["s3cret-of-the-vendor"],
    ])
      await deliver(body);
    for (const table of ["dead_letters", "commands", "audit_unsealed"]) {
      const { results } = await db.prepare(`SELECT * FROM ${table}`).all();
      expect(results.length, table).toBeGreaterThan(1);
      expect(JSON.stringify(results), table).not.toContain("s3cret");
    }
  });

  it("that is a command nobody could start is kept, and told of once, with a Retry button", async ({ expect }) => {
    for (const attempt of [1, 2])
      await createDeadLetters(db).noteFailedStart("slack-Ev1", { attempt, error: "Error: down", at: attempt });
    const first = await deliver(testCommand("slack-Ev1"));
    const second = await deliver(testCommand("slack-Ev1"));
    expect(first.said).toEqual([
      {
        id: "slack-Ev1",
        text: expect.stringMatching(/^❌ [\s\S]*slack-Ev1/),
        buttons: [{ action: "retry", commandId: "slack-Ev1" }],
      },
    ]);
    expect(second.said).toEqual([]);
    expect(second.letters).toMatchObject([
      { id: "slack-Ev1", attempts: 4, error: expect.stringContaining("not_started") },
    ]);
    expect(await createDeadLetters(db).find("slack-Ev1")).toMatchObject({
      errors: [1, 2].map((attempt) => ({ step: "start", attempt, error: "Error: down", at: attempt })),
    });
    const audit = await db.prepare("SELECT actor, action FROM audit_unsealed ORDER BY id").all();
    expect(audit.results).toEqual([
      { actor: "slack:U1", action: "asked" },
      { actor: "queue", action: "ended" },
    ]);
    expect(await db.prepare("SELECT outcome, ended_by, last_word_at FROM commands").all()).toMatchObject({
      results: [{ outcome: "failed", ended_by: "queue", last_word_at: 9 }],
    });
  });

  it("that a Workflow has after all is no dead letter", async ({ expect }) => {
    const { result, said, letters } = await deliver(testCommand("slack-Ev1"), { isStarted: true });
    expect(result).toMatchObject({ explicitAcks: ["m1"] });
    expect({ said, letters }).toEqual({ said: [], letters: [] });
    expect(await db.prepare("SELECT outcome FROM commands").all()).toMatchObject({ results: [{ outcome: null }] });
  });

  it.for<[string, object, string]>([
    ["of a name", { name: "triage" }, "help"],
    ["of a shape", { v: 9, references: [] }, "fix"],
  ])(
    "that another version wrote, %s this one does not know, is kept whole, and told of once",
    async (given, { expect }) => {
      const [, changed, name] = given;
      const { conversation } = testCommand("slack-Ev1");
      const address = { ...conversation, responseUrl: "https://hooks.slack.test/secret" };
      const body = { ...testCommand("slack-Ev1"), conversation: address, extra: "kept", ...changed };
      const first = await deliver(body);
      const second = await deliver(body);
      expect(first.said).toMatchObject([
        { id: "slack-Ev1", text: expect.stringMatching(/^❌ Another version[\s\S]*`slack-Ev1`/), buttons: [] },
      ]);
      expect(second.said).toEqual([]);
      expect(second.letters).toMatchObject([
        { id: "slack-Ev1", commandId: "slack-Ev1", conversation: "slack:T1:C1:1.1", name, status: "dead" },
      ]);
      const kept = JSON.stringify({ ...body, conversation });
      expect((await createDeadLetters(db).find("slack-Ev1"))?.body).toBe(kept);
      expect(await createCommands(db).body("slack-Ev1")).toBe(kept);
    },
  );

  it("that another version wrote, and whose Workflow it has, is no dead letter", async ({ expect }) => {
    const { said, letters } = await deliver({ ...testCommand("slack-Ev1"), name: "triage" }, { isStarted: true });
    expect({ said, letters }).toEqual({ said: [], letters: [] });
  });

  it.for<[string, unknown, string]>([
    ["of another version that says not where", { ...testCommand("slack-Ev1"), conversation: "C1" }, '"C1"'],
    ["that is text", "nonsense", "nonsense"],
    ["that is nothing", null, "null"],
  ])("%s is kept as it is, with why", async ([, body, kept], { expect }) => {
    const { result, said, letters } = await deliver(body);
    expect(result).toMatchObject({ explicitAcks: ["m1"] });
    expect(said).toEqual([]);
    expect(letters).toMatchObject([
      { id: "message-m1", commandId: null, name: null, diedAt: 7, error: expect.stringMatching(/^not a command/) },
    ]);
    expect((await createDeadLetters(db).find("message-m1"))?.body).toContain(kept);
  });

  it("stays on the queue while the database is down", async ({ expect }) => {
    await db.prepare("DROP TABLE dead_letters").run();
    const { result, lines } = await take(dead);
    expect(result).toMatchObject({ explicitAcks: [], retryMessages: [{ msgId: "m1" }] });
    expect(lines).toEqual([["dead_letter_failed", "slack-Ev1"]]);
  });

  it("leaves the word to the watchdog while chat is down", async ({ expect }) => {
    const refusal = new Failure("slack_unreachable", { reply: "Slack does not answer.", retry: true });
    const { result } = await deliver(testCommand("slack-Ev1"), { refusal });
    expect(result).toMatchObject({ explicitAcks: ["m1"] });
    expect(await createLastWords(db).take("slack", 5, 9)).toEqual([]);
    const owed = await createLastWords(db).take("slack", 5, 9 + lastWordRetries.minWaitMs);
    expect(owed).toMatchObject([{ id: "slack-Ev1", endedBy: "queue" }]);
  });
});
