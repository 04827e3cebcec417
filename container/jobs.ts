import { setTimeout as wait } from "node:timers/promises";
import type { EventPage, Job, Memory, Outcome } from "../shared/job.ts";
import { describeError } from "../shared/log.ts";
import { clearSharedFolders, isAlone } from "./alone.ts";
import { noUsage } from "./ask-claude.ts";
import { type Checkpoint, unpackCheckpoint } from "./checkpoint.ts";
import { createEventLog, type EventLog } from "./event-log.ts";
import { createInbox } from "./inbox.ts";
import {
  jobResources,
  maxFinishedJobs,
  maxReasonLength,
  maxRunningJobs,
  maxTimerMs,
  maxWaitingCheckpoints,
} from "./limits.ts";
import { logEvent } from "./log.ts";
import { plainText } from "./plain-text.ts";
import { createShelf } from "./shelf.ts";
import { runFix, type FixNeeds, type Interruption } from "./run-fix.ts";

interface RegisteredJob {
  log: EventLog;
  put: (text: string, id?: string) => boolean;
  interrupt: (reason: Interruption) => void;
  ended: Promise<void>;
  /** Whether somebody has read how it ended. */
  isHeard: boolean;
  /** For the next run, once this one has ended. */
  checkpoint: Buffer | undefined;
}

export interface Jobs {
  /** Starts a job once per id; a known one is left as it is. Undefined where as many run as may. */
  start: (job: Job) => { isNew: boolean; done: boolean } | undefined;
  read: (id: string, after: number, waitMs: number, signal: AbortSignal) => Promise<EventPage> | undefined;
  stop: (id: string) => "stopping" | "unknown";
  /** Takes what an earlier run left, for a job that is about to come. False where it is no checkpoint. */
  give: (id: string, packed: Buffer) => Promise<boolean>;
  checkpoint: (id: string) => Buffer | undefined;
  dropCheckpoint: (id: string) => void;
  say: (id: string, text: string, messageId?: string) => "delivered" | "ended" | "unknown";
  running: () => number;
  /** Whether a run can take up what the one before left. */
  keepsCheckout: () => boolean;
  /** Takes no job from now on. Waits, at most so long, for those that run to end, and then for what they left to be fetched. */
  drain: (times: { endWithinMs: number; fetchWithinMs: number }) => Promise<void>;
  /**
   * Ends every job and waits for what they started to be gone. Nobody stopped these: they get no outcome, so that whoever
   * follows them finds them lost and starts them over elsewhere.
   */
  close: () => Promise<void>;
}

export type JobsOptions = Pick<FixNeeds, "workspace" | "serverEnvironment"> &
  Partial<Pick<FixNeeds, "resources">> & {
    /** Every job here is of one conversation: a run takes up the checkout of the one before. */
    keepsCheckout?: boolean;
  };

export function createJobs({ resources = jobResources, keepsCheckout = false, ...options }: JobsOptions): Jobs {
  const shelf = keepsCheckout ? createShelf(options.workspace) : undefined;
  const jobs = new Map<string, RegisteredJob>();
  const running = new Set<string>();
  const given = new Map<string, Checkpoint>();
  // Alone, a run's end is the end of whatever else runs.
  const maxJobs = isAlone ? 1 : maxRunningJobs;
  let draining = false;
  let closing = false;

  async function run(job: Job, log: EventLog, needs: Pick<FixNeeds, "inbox" | "signal">): Promise<void> {
    const startedAt = Date.now();
    const checkpoint = given.get(job.id);
    given.delete(job.id);
    let memory: Memory | undefined;
    const onKept: FixNeeds["onKept"] = ({ packed, files }, { lost }) => {
      memory = { files, said: log.lastSaid(), lost };
      const registered = jobs.get(job.id);
      if (registered) registered.checkpoint = packed;
      const waiting = [...jobs.values()].filter((one) => one.checkpoint !== undefined);
      for (const old of waiting.slice(0, -maxWaitingCheckpoints)) old.checkpoint = undefined;
    };
    const all: FixNeeds = { ...options, ...needs, resources, shelf, recorder: log, checkpoint, onKept };
    const outcome = await runFix(job, all).catch((error: unknown): Outcome => {
      logEvent("job_broke", { commandId: job.id, ...describeError(error) });
      const reason = plainText(`the job server broke: ${String(error)}`, maxReasonLength);
      return { kind: "agent_failed", reason, usage: noUsage };
    });
    if (shelf) await clearSharedFolders(options.workspace, shelf.folder);
    if (!closing || outcome.kind !== "stopped") log.end(outcome, memory);
    running.delete(job.id);
    logEvent("job", { commandId: job.id, outcome: outcome.kind, durationMs: Date.now() - startedAt });
    const finished = [...jobs.keys()].filter((id) => !running.has(id));
    for (const id of finished.slice(0, -maxFinishedJobs)) jobs.delete(id);
  }

  function start(job: Job): { isNew: boolean; done: boolean } | undefined {
    const known = jobs.get(job.id);
    if (known) return { isNew: false, done: known.log.outcome() !== undefined };
    if (draining || closing || running.size >= maxJobs) return undefined;
    const log = createEventLog();
    const inbox = createInbox();
    const controller = new AbortController();
    const interrupt = (reason: Interruption): void => controller.abort(reason);
    const timer = setTimeout(interrupt, Math.min(job.limits.wallClockMs, maxTimerMs), "out_of_time");
    running.add(job.id);
    const ended = run(job, log, { inbox, signal: controller.signal }).finally(() => clearTimeout(timer));
    jobs.set(job.id, { log, put: inbox.put, interrupt, ended, isHeard: false, checkpoint: undefined });
    return { isNew: true, done: false };
  }

  async function allEnded(): Promise<void> {
    await Promise.all([...jobs.values()].map(({ ended }) => ended));
  }

  async function read(job: RegisteredJob, ...from: Parameters<EventLog["read"]>): Promise<EventPage> {
    const page = await job.log.read(...from);
    job.isHeard ||= page.done;
    return page;
  }

  return {
    start,
    read: (id, ...from) => {
      const job = jobs.get(id);
      return job && read(job, ...from);
    },
    stop: (id) => {
      jobs.get(id)?.interrupt("stopped");
      return jobs.has(id) ? "stopping" : "unknown";
    },
    give: async (id, packed) => {
      const checkpoint = await unpackCheckpoint(packed);
      if (!checkpoint) return false;
      given.set(id, checkpoint);
      for (const old of [...given.keys()].slice(0, -maxWaitingCheckpoints)) given.delete(old);
      return true;
    },
    checkpoint: (id) => jobs.get(id)?.checkpoint,
    dropCheckpoint: (id) => {
      const job = jobs.get(id);
      if (job) job.checkpoint = undefined;
    },
    say: (id, text, messageId) => {
      const job = jobs.get(id);
      if (!job) return "unknown";
      return job.put(text, messageId) ? "delivered" : "ended";
    },
    running: () => running.size,
    keepsCheckout: () => keepsCheckout && !draining,
    drain: async ({ endWithinMs, fetchWithinMs }) => {
      draining = true;
      await Promise.race([allEnded(), wait(endWithinMs, undefined, { ref: false })]);
      if (running.size > 0) return;
      const until = Date.now() + fetchWithinMs;
      const isWaitedFor = (job: RegisteredJob) => !job.isHeard || job.checkpoint !== undefined;
      while (Date.now() < until && [...jobs.values()].some(isWaitedFor)) await wait(100);
    },
    close: async () => {
      closing = true;
      for (const job of jobs.values()) job.interrupt("stopped");
      await allEnded();
    },
  };
}
