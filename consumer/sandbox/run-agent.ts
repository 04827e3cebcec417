import type { Button } from "../../shared/button.ts";
import type { Command } from "../../shared/command.ts";
import { conversationId } from "../../shared/conversation.ts";
import { Failure } from "../../shared/failure.ts";
import type { Job, Memory, Outcome } from "../../shared/job.ts";
import {
  costTolerance,
  eventWaitMs,
  leaseGraceMs,
  runRestarts,
  sandboxAttempts,
  sideModel,
  verifyTimeoutMs,
} from "../../shared/limits.ts";
import { payerOf, readBill } from "../endings/bill.ts";
import { coAuthorOf } from "./co-author.ts";
import type { Repository } from "../clients/github.ts";
import { briefly } from "../effect.ts";
import type { CommandNeeds } from "../needs.ts";
import type { Decision } from "./decide-run.ts";
import { advance, drawProgress, editIn, noProgress, type Progress } from "./progress.ts";

export interface RunPlan extends Omit<Decision, "subject" | "needsApproval"> {
  command: Command;
  repository: Repository;
  headBefore: string | null;
  commitSubject: string;
  /** The repository and issue, as the status message names them. */
  where: string;
}

/** Under the status message while the agent works. */
export function stopButton({ id }: Command): Button {
  return { action: "stop", commandId: id };
}

export interface Ended {
  outcome: Outcome;
  /** What the next run of the conversation will know of this one; undefined where nothing is kept. */
  kept: Memory | undefined;
}

export type RunNeeds = Pick<
  CommandNeeds,
  | "effect"
  | "leases"
  | "settings"
  | "checkpoints"
  | "conversations"
  | "messagesToRuns"
  | "spending"
  | "sandbox"
  | "status"
  | "log"
  | "now"
>;

/** One run of the agent: a lease is opened, the job started and followed to its end, the lease closed. */
export async function runAgent(plan: RunPlan, needs: RunNeeds): Promise<Ended> {
  const { command, repository, branch, headBefore, commitSubject, allowedPaths, prompt, resumePrompt, model, limits } =
    plan;
  const { effect, leases, settings, checkpoints, conversations, messagesToRuns, status, now } = needs;
  const conversation = conversationId(command.conversation);
  const sandbox = needs.sandbox(conversation);
  let isClosed = false;
  try {
    const { leaseId, expiresAt } = await effect("open lease", async () => {
      const until = now() + limits.wallClockMs + leaseGraceMs;
      return {
        leaseId: await leases.open(
          command.id,
          {
            repository: repository.name,
            branch,
            headBefore,
            models: [...new Set([model, sideModel])],
            expiresAt: until,
            maxUsd: limits.maxCostUsd,
          },
          payerOf(command),
          now(),
        ),
        expiresAt: until,
      };
    });
    const start = async (wallClockMs: number) => {
      const { modelUrl, gitUrl, registryUrl } = await sandbox.lend(leaseId);
      const [registry] = plan.registries;
      const job: Job = {
        id: command.id,
        remoteUrl: `${gitUrl}/${repository.name}.git`,
        baseBranch: repository.defaultBranch,
        branch,
        commitSubject,
        coAuthor: coAuthorOf(command, settings),
        registryUrl: registry === undefined ? undefined : registryUrl(registry),
        prompt,
        model: { name: model, baseUrl: modelUrl },
        allowedPaths: [...allowedPaths],
        limits: { ...limits, wallClockMs },
        verify: { timeoutMs: verifyTimeoutMs, ...(plan.verify && { command: plan.verify }) },
      };
      const earlier = resumePrompt === undefined ? undefined : await checkpoints.load(conversation);
      const isResumed = earlier !== undefined && (await sandbox.give(command.id, earlier));
      await sandbox.start(isResumed ? { ...job, resumePrompt } : job);
      // A job that starts over hears again what it was told.
      for (const { id, text } of await messagesToRuns.of(command.id)) await sandbox.say(command.id, { id, text });
      return isResumed;
    };
    const patience = { attempts: sandboxAttempts, timeoutMs: 5 * 60_000 };
    const isResumed = await effect("start job", () => start(limits.wallClockMs), patience);
    if (resumePrompt !== undefined && !isResumed) status.note(sessionLost);
    const startOver = async (losses: number) => {
      const nth = losses === 1 ? "" : ` ${losses}`;
      const renewed = await effect(`renew lease${nth}`, async () => {
        const whole = limits.wallClockMs + leaseGraceMs;
        const until = Math.min(now() + whole, expiresAt + whole);
        const wallClockMs = until - leaseGraceMs - now();
        if (losses > runRestarts.max || wallClockMs < Math.min(runRestarts.minMs, limits.wallClockMs)) return null;
        await leases.renew(command.id, until);
        return { until, wallClockMs };
      });
      if (!renewed) {
        const reply = `The sandbox went away ${losses} times while it worked.`;
        throw new Failure("sandbox_lost", { reply, retry: true });
      }
      if (losses === 1) status.note(startedOver);
      await effect(`start job again${nth}`, () => start(renewed.wallClockMs), patience);
      return renewed.until;
    };
    const { outcome: ended, memory } = await follow(plan, expiresAt, startOver, needs);
    // Before it is counted: what is still asked then, nobody hears.
    await closeLease();
    const outcome = await countAtEgress(command, ended, needs);
    if (memory?.lost.includes("session")) status.note(sessionLost);
    if (memory?.lost.includes("work")) status.note(workLost);
    const isKept = await effect("keep checkpoint", () => keepCheckpoint(outcome, memory), briefly).catch(() => false);
    // An older one would be taken up as if this run had never been.
    if (!isKept)
      await effect("forget checkpoint", () => checkpoints.remove(conversation), briefly).catch(() => undefined);
    return { outcome, kept: isKept ? memory : undefined };
  } catch (error) {
    // Whatever went wrong on our side, the agent does not go on.
    await effect("stop failed job", () => sandbox.stop(command.id), { attempts: 1 }).catch(() => undefined);
    throw error;
  } finally {
    await closeLease();
  }

  async function closeLease(): Promise<void> {
    if (isClosed) return;
    isClosed = true;
    await effect("close lease", () => leases.close(command.id, now()), briefly).catch(() => undefined);
  }

  async function keepCheckpoint(outcome: Outcome, memory: Memory | undefined): Promise<boolean> {
    const packed = await sandbox.checkpoint(command.id);
    const expiresAt = packed ? await checkpoints.save(conversation, packed) : null;
    const summary = "summary" in outcome ? outcome.summary : memory?.said;
    await conversations.rememberRun(conversation, { summary: summary || null, expiresAt }, now());
    if (packed) await sandbox.dropCheckpoint(command.id);
    return expiresAt !== null;
  }
}

const startedOver = "The sandbox went away while I worked: I started over.";
const sessionLost = "My earlier session in this thread is gone: I started over, from what it summed up.";
const workLost = "What I had changed and not pushed no longer fits the branch: I started from the branch as it is.";

/** The outcome at the price that the egress counted. What the agent says of its own cost is compared with that, and no more. */
async function countAtEgress(command: Command, outcome: Outcome, needs: RunNeeds): Promise<Outcome> {
  const { effect, log } = needs;
  const bill = await effect("count cost", () => readBill(command.id, needs));
  if (!bill) return outcome;
  const { costUsd } = bill;
  const { usage } = outcome;
  // An agent that was ended, or never began, has counted nothing.
  if (usage.costUsd > 0 && Math.abs(usage.costUsd - costUsd) > costTolerance * costUsd) {
    log("cost_mismatch", { model: bill.model, costUsd, agentSaysUsd: usage.costUsd });
  }
  const counted = { ...usage, costUsd };
  if (outcome.kind === "agent_failed" && bill.cutOff) return { kind: "out_of_budget", usage: counted };
  return { ...outcome, usage: counted };
}

/** Reads the job's events to the end, one recorded step for each half minute, and tells of them in the status message. */
async function follow(
  { command, where }: RunPlan,
  expiresAt: number,
  startOver: (losses: number) => Promise<number>,
  needs: RunNeeds,
): Promise<{ outcome: Outcome; memory: Memory | undefined }> {
  const { effect, now, spending, status } = needs;
  const sandbox = needs.sandbox(conversationId(command.conversation));
  let after = 0;
  let progress = noProgress;
  let deadline = expiresAt;
  let losses = 0;
  for (let turn = 1; ; turn++) {
    const from = { after, progress };
    const read = await effect(`follow job ${turn}`, () => readOn(from.after, from.progress), {
      attempts: sandboxAttempts,
      timeoutMs: 3 * eventWaitMs,
    });
    switch (read.kind) {
      case "ended":
        return { outcome: read.outcome, memory: read.memory };
      case "running":
        ({ after, progress } = read);
        break;
      case "lost":
        // The container was replaced and its work with it.
        losses += 1;
        deadline = await startOver(losses);
        after = 0;
        progress = noProgress;
        break;
      case "overdue":
        throw new Failure("sandbox_overdue", { reply: "The sandbox did not end in its time.", retry: true });
      default:
        read satisfies never;
    }
  }

  async function readOn(from: number, earlier: Progress) {
    status.stillWorking();
    const until = now() + eventWaitMs;
    let seen = from;
    // The time goes on even where nothing happens.
    let current = { ...earlier, isNews: earlier.isNews || earlier.startedAt > 0 };
    while (now() < until) {
      const dueMs = editIn(current, now());
      if (dueMs === 0) {
        current = { ...current, shownAt: now(), isNews: false };
        const bill = await spending.billOf(command.id, now()).catch(() => null);
        const drawn = drawProgress(current, { where, now: now(), costUsd: bill?.costUsd });
        await status.edit({ ...drawn, buttons: [stopButton(command)] });
      }
      const waitMs = Math.max(0, Math.min(until - now(), dueMs || eventWaitMs));
      const page = await sandbox.events(command.id, seen, waitMs);
      if (!page) return { kind: "lost" as const };
      const last = page.events.at(-1);
      if (last?.kind === "outcome") return { kind: "ended" as const, outcome: last.outcome, memory: last.memory };
      current = advance(current, page.events);
      seen = last?.seq ?? seen;
    }
    if (now() > deadline) return { kind: "overdue" as const };
    return { kind: "running" as const, after: seen, progress: current };
  }
}
