import { readSettings } from "../../shared/settings.ts";
import { checkDatabase, listMigrations } from "../api/check-database.ts";
import { checkParts } from "../check-parts.ts";
import { sampleCard } from "../evidence/sample-card.ts";
import { suggest } from "../suggest.ts";
import { createAdmissions } from "./admissions.ts";
import { createApiKeys } from "./api-keys.ts";
import { createApprovals } from "./approvals.ts";
import { createAudit } from "./audit.ts";
import { createAutomation } from "./automation.ts";
import { createBreakers } from "./breakers.ts";
import { createCodeSearches } from "./code-searches.ts";
import { createCommands } from "./commands.ts";
import { createConversations } from "./conversations.ts";
import { createDeadLetters } from "./dead-letters.ts";
import { createEvidence } from "./evidence.ts";
import { createLastWords } from "./last-words.ts";
import { createLeases } from "./leases.ts";
import { createMessagesToRuns } from "./messages-to-runs.ts";
import { createProofs } from "./proofs.ts";
import { createSpending } from "./spending.ts";
import { createTasks } from "./tasks.ts";
import { createUnended } from "./unended.ts";
import { sampleCommand, sampleConversation } from "./sample-history.ts";

/** Asks D1 all that the consumer ever asks it, about `sampleCommand` and its conversation, at `nowMs`. */
export async function everyStatement(db: D1Database, nowMs: number): Promise<void> {
  const { id } = sampleCommand;
  const thread = sampleConversation;
  const now = () => nowMs;
  const dayMs = 24 * 60 * 60_000;
  const payer = { workspace: "discord:7", author: "discord:U1" };
  const issue = { id: "issue-500", identifier: "BUG-500", url: "https://linear.app" };
  const repository = "acme/shop";
  const branch = "bugbot/bug-500";

  const commands = createCommands(db);
  const ending = { outcome: "failed" as const, reply: "words" };
  await commands.receive(sampleCommand, nowMs);
  await commands.admit(sampleCommand, nowMs);
  await commands.requestStop(id, nowMs);
  await commands.stopRequested(id);
  await commands.hasTold(thread, "https://github.com/acme/shop/pull/500");
  await commands.claimRetry(id, "another");
  await commands.follow(id, "1.2");
  await commands.reach(id, "thinking");
  await commands.running("discord:7:");
  await commands.workingFor(thread, sampleCommand);
  await commands.unendedBefore(thread, sampleCommand);
  await commands.authorOfUnended(id);
  await commands.followedBy("1.2");
  for (const scope of [thread, "slack:T1:C1:", "discord:7:"]) await commands.recent(scope, 5, id);
  await commands.body(id);
  await commands.settle(sampleCommand, { ending, endedBy: "workflow" }, nowMs);

  const tasks = createTasks(db);
  for (const before of [undefined, id]) for (const running of [true, false]) await tasks.list(50, running, before);
  await tasks.find(id);

  const lastWords = createLastWords(db);
  await lastWords.take("slack", 25, nowMs);
  await lastWords.unsaidOf(id);
  await lastWords.claim(id, nowMs);
  await lastWords.postpone(id, nowMs);
  await lastWords.said(id, nowMs);
  await lastWords.giveUp(id, "gone");

  const unended = createUnended(db);
  await unended.take(25, nowMs, 1, nowMs);
  await unended.allTimes(10);
  await unended.timesOf(id);
  await unended.close(id, "failed", "gone", nowMs);
  await unended.release(nowMs);

  const conversations = createConversations(db);
  await conversations.find(thread);
  await conversations.rememberIssue(thread, issue, nowMs);
  await conversations.linkIssue(thread, issue, nowMs);
  await conversations.remember(thread, { issue, repository, branch }, nowMs);
  await conversations.rememberPullRequest(thread, "https://github.com/acme/shop/pull/500", nowMs);
  await conversations.rememberRun(thread, { summary: "done", expiresAt: nowMs }, nowMs);
  await conversations.claim(thread, id, nowMs);
  await conversations.release(thread, id);
  await conversations.expired(nowMs - 366 * dayMs, 25);
  await conversations.forgetCheckpoint(thread);
  await conversations.forgetRuns(thread, nowMs);

  const limits = { perAuthor: 5, windowMs: 60_000, running: 4, runMs: 60_000 };
  const admissions = createAdmissions(db);
  await admissions.admit({ commandId: id, workspace: payer.workspace, authorId: "U1" }, limits, nowMs);
  await admissions.begin(id, nowMs);

  const automation = createAutomation(db);
  await automation.count({ commandId: id, conversationId: thread, issue: issue.identifier }, nowMs);
  await automation.issueOf(thread, issue.id);

  const approvals = createApprovals(db);
  await approvals.ask(id, { conversationId: thread, plan: "a plan", expiresAt: nowMs + 1 });
  await approvals.decide(id, "a plan", { decision: "approved", by: "U2" }, nowMs);

  const messages = createMessagesToRuns(db);
  await messages.add(id, { id: "message", text: "words", authorId: "U1" }, nowMs);
  await messages.addToPlan(id, { id: "another message", text: "words", authorId: "U1" }, nowMs);
  await messages.of(id);

  const leases = createLeases(db);
  const terms = { repository, branch, headBefore: null, models: ["sonnet"], expiresAt: nowMs, maxUsd: 1 };
  const leaseId = await leases.open(id, terms, payer, nowMs);
  await leases.find(leaseId);
  await leases.findOf(id);
  await leases.notePush(leaseId, "c0ffee", nowMs);
  await leases.pushesOf(id);
  await leases.unjudgedOn(repository, branch);
  await leases.takeUnjudged(25, nowMs);
  await leases.judged(id);
  await leases.renew(id, nowMs);

  const spending = createSpending(db);
  const question = { id: "call", leaseId, model: "sonnet", microUsd: 5, least: 1, leastBeside: 2, isLast: true };
  await spending.admit(question, nowMs);
  await spending.settle("call", leaseId, "sonnet", 4, nowMs);
  const caps = { workspace: 500, author: 50 };
  await spending.reserve(id, payer, { maxUsd: 5, caps, sinceMs: nowMs - 30 * dayMs }, nowMs);
  await spending.since(nowMs - 30 * dayMs, payer);
  await spending.billOf(id, nowMs);
  await leases.close(id, nowMs);

  const proofs = createProofs(db);
  const proof = { kind: "passes" as const, command: "npm test", tests: [], edited: [] };
  await proofs.save(repository, "c0ffee", proof, nowMs);
  await proofs.find(repository, "c0ffee");

  const evidence = createEvidence(db);
  await evidence.save(issue.id, sampleCard(), nowMs);
  await evidence.find(issue.id);
  await evidence.keepGeneration(issue.id, 1);
  await evidence.generation(issue.id);

  const letters = createDeadLetters(db);
  const letter = { id, commandId: id, name: "fix", conversation: thread, error: "died", attempts: 1, diedAt: nowMs };
  await letters.noteFailedStart(id, { attempt: 1, error: "died", at: nowMs });
  await letters.failedStarts(id);
  await letters.keep({ ...letter, body: "{}", errors: [] });
  for (const before of [undefined, id])
    for (const status of [undefined, "dead" as const]) await letters.list(100, status, before);
  await letters.find(id);
  await letters.markReplayed(id, "another");
  await letters.markDeadAgain(id, "another");
  await letters.dropped(id).run();

  const sealing: Promise<void>[] = [];
  const audit = createAudit({ db, now, later: (seal) => void sealing.push(seal()) });
  await audit.record({ deed: `${id} tried`, actor: "admin", action: "tried", subject: id });
  await Promise.all(sealing);
  for (const subject of [undefined, id]) {
    await audit.list(0, 100, subject);
    await audit.latest(100, subject);
    await audit.latest(100, subject, 500);
    await audit.unsealed(100, subject);
  }
  const keys = createApiKeys(db, audit);
  const made = await keys.create({ name: "ci", scope: "read", expiresAt: nowMs + dayMs }, "admin", nowMs);
  await keys.list(100);
  await keys.list(100, made.id);
  const key = await keys.use(made.key, nowMs);
  if (!key) throw new Error("the key that was made is not found");
  await keys.find(key.id);
  await keys.rotate(key, { endsAt: nowMs + 1, expiresAt: nowMs + dayMs }, "admin", nowMs);
  await keys.revoke(key, "admin", nowMs);
  await Promise.all(sealing);

  const breakers = createBreakers(db);
  // So many failures open it, so many successes later close it.
  for (let call = 0; call < 20; call++) await breakers.record("Linear", true, nowMs);
  await breakers.open(nowMs);
  const later = nowMs + dayMs;
  await breakers.allows("Linear", later);
  for (let call = 0; call < 5; call++) await breakers.record("Linear", false, later);
  const kv = { get: async () => null, put: async () => undefined };
  await createCodeSearches(db, kv, now).hits(repository, "total", async () => []);

  const settings = readSettings({ BUGBOT_ALLOWED_WORKSPACES: "*", BUGBOT_ALLOWED_REPOS: "*" });
  const linear = { openIssues: async () => [{ identifier: "BUG-500", title: "The total is wrong" }] };
  const kept: Promise<void>[] = [];
  for (const kind of ["repo", "issue"] as const) {
    await suggest(kind, "", "7", { db, linear, settings, now, later: (work) => void kept.push(work) });
  }
  await Promise.all(kept);
  await Promise.all(checkDatabase({ db, settings, now }));
  await listMigrations(db);
  const queue = { metrics: async () => ({ backlogCount: 0, backlogBytes: 0 }) };
  await checkParts({ db, queue, executorUrl: undefined });
}
