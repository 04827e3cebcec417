import type { Button } from "../../shared/button.ts";
import type { Command } from "../../shared/command.ts";
import { conversationId } from "../../shared/conversation.ts";
import { Failure } from "../../shared/failure.ts";
import type { Job, JobEvent, Memory, Outcome, Stage } from "../../shared/job.ts";
import {
  costTolerance,
  eventWaitMs,
  leaseGraceMs,
  sandboxAttempts,
  sideModel,
  statusEditMs,
} from "../../shared/limits.ts";
import type { ModelFamily } from "../../shared/models.ts";
import { payerOf, readBill } from "../bill.ts";
import type { Repository } from "../clients/github.ts";
import type { Settings } from "../../shared/settings.ts";
import type { CommandNeeds } from "../needs.ts";

export interface RunPlan {
  command: Command;
  repository: Repository;
  branch: string;
  headBefore: string | null;
  commitSubject: string;
  allowedPaths: readonly string[];
  prompt: string;
  /** Asked instead where the conversation's last session is still there; undefined: nothing is taken up. */
  resumePrompt: string | undefined;
  model: ModelFamily;
  /** The repository and issue, as the status message names them. */
  where: string;
}

/** What one run may use. */
export function limitsOf({ BUGBOT_MAX_MINUTES, BUGBOT_MAX_TURNS, BUGBOT_MAX_USD }: Settings): Job["limits"] {
  return { wallClockMs: BUGBOT_MAX_MINUTES * 60_000, maxTurns: BUGBOT_MAX_TURNS, maxCostUsd: BUGBOT_MAX_USD };
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

/** One run of the agent: a lease is opened, the job started and followed to its end, the lease closed. */
export async function runAgent(plan: RunPlan, needs: CommandNeeds): Promise<Ended> {
  const { command, repository, branch, headBefore, commitSubject, allowedPaths, prompt, resumePrompt, model } = plan;
  const { effect, leases, settings, checkpoints, conversations, messagesToRuns, status, now } = needs;
  const limits = limitsOf(settings);
  const conversation = conversationId(command.conversation);
  const sandbox = needs.sandbox(conversation);
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
    const start = async () => {
      const { modelUrl, gitUrl } = await sandbox.lend(leaseId);
      const job: Job = {
        id: command.id,
        remoteUrl: `${gitUrl}/${repository.name}.git`,
        baseBranch: repository.defaultBranch,
        branch,
        commitSubject,
        prompt,
        model: { name: model, baseUrl: modelUrl },
        allowedPaths: [...allowedPaths],
        limits,
      };
      const earlier = resumePrompt === undefined ? undefined : await checkpoints.load(conversation);
      const isResumed = earlier !== undefined && (await sandbox.give(command.id, earlier));
      await sandbox.start(isResumed ? { ...job, resumePrompt } : job);
      // A job that starts over hears again what it was told.
      for (const { id, text } of await messagesToRuns.of(command.id)) await sandbox.say(command.id, { id, text });
      return isResumed;
    };
    const isResumed = await effect("start job", start, { attempts: sandboxAttempts, timeoutMs: 5 * 60_000 });
    if (resumePrompt !== undefined && !isResumed) status.note(sessionLost);
    const { outcome: ended, memory } = await follow(plan, expiresAt, start, needs);
    const outcome = await countAtEgress(command, ended, needs);
    if (memory?.lost.includes("session")) status.note(sessionLost);
    if (memory?.lost.includes("work")) status.note(workLost);
    const isKept = await effect("keep checkpoint", () => keepCheckpoint(outcome, memory)).catch(() => false);
    return { outcome, kept: isKept ? memory : undefined };
  } catch (error) {
    // Whatever went wrong on our side, the agent does not go on.
    await effect("stop failed job", () => sandbox.stop(command.id), { attempts: 1 }).catch(() => undefined);
    throw error;
  } finally {
    await effect("close lease", () => leases.close(command.id, now())).catch(() => undefined);
  }

  async function keepCheckpoint(outcome: Outcome, memory: Memory | undefined): Promise<boolean> {
    const packed = await sandbox.checkpoint(command.id);
    const expiresAt = packed ? await checkpoints.save(conversation, packed) : null;
    const summary = "summary" in outcome ? outcome.summary : memory?.said;
    await conversations.rememberRun(conversation, { summary: summary || null, expiresAt }, now());
    return expiresAt !== null;
  }
}

const sessionLost = "My earlier session in this thread is gone: I started over, from what it summed up.";
const workLost = "What I had changed and not pushed no longer fits the branch: I started from the branch as it is.";

/** The outcome at the price that the egress counted. What the agent says of its own cost is compared with that, and no more. */
async function countAtEgress(command: Command, outcome: Outcome, needs: CommandNeeds): Promise<Outcome> {
  const { effect, log } = needs;
  const bill = await effect("count cost", () => readBill(command.id, needs));
  if (!bill) return outcome;
  const { costUsd } = bill;
  const { usage } = outcome;
  // An agent that was ended, or never began, has counted nothing.
  if (usage.costUsd > 0 && Math.abs(usage.costUsd - costUsd) > costTolerance * costUsd) {
    log("cost_mismatch", { commandId: command.id, model: bill.model, costUsd, agentSaysUsd: usage.costUsd });
  }
  const counted = { ...usage, costUsd };
  if (outcome.kind === "agent_failed" && bill.cutOff) return { kind: "out_of_budget", usage: counted };
  return { ...outcome, usage: counted };
}

/** Reads the job's events to the end, one recorded step for each half minute, and tells of them in the status message. */
async function follow(
  { command, where }: RunPlan,
  deadline: number,
  restart: () => Promise<boolean>,
  needs: CommandNeeds,
): Promise<{ outcome: Outcome; memory: Memory | undefined }> {
  const { effect, now, status } = needs;
  const sandbox = needs.sandbox(conversationId(command.conversation));
  let after = 0;
  let restarted = false;
  for (let turn = 1; ; turn++) {
    const from = after;
    const read = await effect(`follow job ${turn}`, () => readOn(from), {
      attempts: sandboxAttempts,
      timeoutMs: 3 * eventWaitMs,
    });
    switch (read.kind) {
      case "ended":
        return { outcome: read.outcome, memory: read.memory };
      case "running":
        after = read.after;
        break;
      case "lost":
        // The container was replaced and its work with it: the job starts over, once.
        if (restarted)
          throw new Failure("sandbox_lost", { reply: "The sandbox went away while it worked.", retry: true });
        restarted = true;
        after = 0;
        await effect("start job again", restart, { attempts: sandboxAttempts, timeoutMs: 5 * 60_000 });
        break;
      case "overdue":
        throw new Failure("sandbox_overdue", { reply: "The sandbox did not end in its time.", retry: true });
      default:
        read satisfies never;
    }
  }

  async function readOn(from: number) {
    status.stillWorking();
    const until = now() + eventWaitMs;
    let seen = from;
    let shownAt = 0;
    while (now() < until) {
      const page = await sandbox.events(command.id, seen, until - now());
      if (!page) return { kind: "lost" as const };
      const last = page.events.at(-1);
      if (last?.kind === "outcome") return { kind: "ended" as const, outcome: last.outcome, memory: last.memory };
      if (last && now() - shownAt >= statusEditMs) {
        shownAt = now();
        const activity = inWords(last);
        await status.edit({ text: `⚙️ Working on ${where}: ${activity}`, activity, buttons: [stopButton(command)] });
      }
      seen = last?.seq ?? seen;
    }
    return now() > deadline ? { kind: "overdue" as const } : { kind: "running" as const, after: seen };
  }
}

const stageWords: Record<Stage, string> = {
  cloning: "cloning the repository",
  asking: "looking for the cause",
  checking: "checking what changed",
  pushing: "pushing the fix",
};

function inWords(event: Exclude<JobEvent, { kind: "outcome" }>): string {
  switch (event.kind) {
    case "stage":
      return stageWords[event.stage];
    case "tool":
      return event.words;
    case "said":
      return "thinking";
    default:
      return event satisfies never;
  }
}
