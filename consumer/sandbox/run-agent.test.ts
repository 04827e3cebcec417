import { env } from "cloudflare:workers";
import { beforeEach, describe, it } from "vitest";
import { Failure } from "../../shared/failure.ts";
import { jobSchema, type Job, type JobEvent } from "../../shared/job.ts";
import { readSettings } from "../../shared/settings.ts";
import { deadlineOf } from "../endings/deadline.ts";
import { createStatusMessage } from "../replies/status-message.ts";
import { testReplies } from "../replies/test-replies.ts";
import { createCheckpoints } from "../stores/checkpoints.ts";
import { createCommands } from "../stores/commands.ts";
import { createConversations } from "../stores/conversations.ts";
import { createLeases } from "../stores/leases.ts";
import { createMessagesToRuns } from "../stores/messages-to-runs.ts";
import { createSpending } from "../stores/spending.ts";
import { emptyDatabase, testCommand } from "../stores/test-database.ts";
import { createUnended } from "../stores/unended.ts";
import { isOpen } from "./lease.ts";
import { runAgent } from "./run-agent.ts";
import { createSandbox } from "./sandbox.ts";

let db: D1Database;
beforeEach(async () => {
  db = await emptyDatabase();
});

const minute = 60_000;
const command = testCommand("a");
const plan = {
  command,
  repository: { name: "acme/shop", defaultBranch: "main", head: "abc" },
  branch: "bugbot/bug-1",
  headBefore: null,
  commitSubject: "fix: it",
  allowedPaths: ["src/**"],
  verify: undefined,
  registries: [],
  prompt: "Fix it.",
  resumePrompt: undefined,
  model: "sonnet" as const,
  limits: { wallClockMs: 30 * minute, maxTurns: 60, maxCostUsd: 5 },
  where: "acme/shop",
};
const usage = { costUsd: 0, turns: 1, durationMs: 1 };
const outcome = { kind: "no_change" as const, summary: "Nothing.", usage };

/** A run in containers each of which is there for so many minutes; in the last, where that is longer, the job ends after `endsAfter`. */
async function run(containers: number[], endsAfter = 28) {
  const startedAt = Date.UTC(2026, 10, 27);
  let time = startedAt;
  const now = () => time;
  const commands = createCommands(db);
  await commands.admit(command, time);
  const leases = createLeases(db);
  const unended = createUnended(db);
  const jobs: Job[] = [];
  let begunAt = time;
  let isThere = false;
  let isAlwaysOpen = true;
  const fetch = async (_conversation: string, path: string, init?: RequestInit): Promise<Response> => {
    if (path === "/jobs") {
      jobs.push(jobSchema.parse(await new Response(init?.body).json()));
      begunAt = time;
      isThere = true;
      return Response.json({}, { status: 202 });
    }
    if (!path.includes("/events")) return Response.json({}, { status: 404 });
    if (isThere) time += Number(/waitMs=(\d+)/.exec(path)?.[1]);
    if (time >= begunAt + (containers[jobs.length - 1] ?? 0) * minute) isThere = false;
    if (!isThere) return Response.json({}, { status: 404 });
    const lease = await leases.findOf(command.id);
    isAlwaysOpen &&= lease !== undefined && isOpen(lease, time);
    const isOver = time >= begunAt + endsAfter * minute;
    const events: JobEvent[] = isOver ? [{ seq: 1, at: time, kind: "outcome", outcome }] : [];
    return Response.json({ events, done: isOver });
  };
  const lend = async () => ({ modelUrl: "https://model.test", gitUrl: "https://git.test", registryUrl: () => "" });
  const effect = <T>(_name: string, carryOut: (again: boolean) => Promise<T>) => carryOut(false);
  const { replies, said } = testReplies();
  const status = createStatusMessage(command, {
    replies,
    effect,
    remember: async () => undefined,
    reach: async () => undefined,
  });
  const ended = await runAgent(plan, {
    effect,
    leases,
    checkpoints: createCheckpoints(env.CHECKPOINTS, { key: undefined, ttlDays: 1, now }),
    conversations: createConversations(db),
    messagesToRuns: createMessagesToRuns(db),
    spending: createSpending(db),
    sandbox: (conversation) => createSandbox({ lend, fetch }, conversation),
    settings: readSettings({}),
    status,
    log: () => undefined,
    now,
  }).then(
    ({ outcome: { kind } }) => kind,
    (error: unknown) => (error instanceof Failure ? error : Promise.reject(error)),
  );
  await status.lastWord({ text: "Over." });
  const times = await unended.timesOf(command.id);
  return {
    ended,
    said: said.at(-1)?.text,
    minutes: jobs.map(({ limits }) => limits.wallClockMs / minute),
    tookMinutes: (time - startedAt) / minute,
    isAlwaysOpen,
    mayTakeMinutes: times && (deadlineOf(times, readSettings({})) - startedAt) / minute,
  };
}

describe("a run whose container goes away", () => {
  it("has its whole time once more, however late that was", async ({ expect }) => {
    const { ended, said, minutes, tookMinutes, isAlwaysOpen } = await run([20, 60]);
    expect({ ended, minutes, tookMinutes, isAlwaysOpen }).toEqual({
      ended: "no_change",
      minutes: [30, 30],
      tookMinutes: 48,
      isAlwaysOpen: true,
    });
    expect(said).toBe("Over.\nThe sandbox went away while I worked: I started over.");
  });

  it("has what is left of twice its time after that, and the watchdog waits for it", async ({ expect }) => {
    const { ended, minutes, tookMinutes, isAlwaysOpen, mayTakeMinutes } = await run([20, 20, 60], 21);
    expect({ ended, minutes, tookMinutes, isAlwaysOpen, mayTakeMinutes }).toEqual({
      ended: "no_change",
      minutes: [30, 30, 22],
      tookMinutes: 61,
      isAlwaysOpen: true,
      mayTakeMinutes: 64 + 15,
    });
  });

  it.for([
    { what: "there is no time left for it", containers: [20, 20, 20], minutes: [30, 30, 22] },
    { what: "it goes away again and again", containers: [1, 1, 1, 1], minutes: [30, 30, 30, 30] },
  ])("is not started over where $what: it says so, and can be tried again", async (lost, { expect }) => {
    const { ended, minutes } = await run(lost.containers);
    expect(minutes).toEqual(lost.minutes);
    expect(ended).toMatchObject({
      code: "sandbox_lost",
      reply: `The sandbox went away ${minutes.length} times while it worked.`,
      retry: true,
    });
  });
});
