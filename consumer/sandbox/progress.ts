import type { JobEvent, Stage } from "../../shared/job.ts";
import { maxToolWords, statusEditMs } from "../../shared/limits.ts";
import { showHidden } from "../../shared/plain-text.ts";
import { cutWords } from "../evidence/cut-words.ts";
import { inlineMarkdown } from "../evidence/untrusted-markdown.ts";
import type { Doing } from "../replies/reply.ts";

/** What a run's status message tells; kept in the steps that follow the run, so that a new reader goes on where the last one was. */
export type Progress = {
  /** When the first event came, and when the message was last edited; ms since the epoch, 0 before. */
  startedAt: number;
  shownAt: number;
  stage: Stage | null;
  /** What the agent did last in this stage, oldest first. */
  recent: string[];
  /** Whether there is something that the message does not say yet. */
  isNews: boolean;
};

const shownTools = 3;

export const noProgress: Progress = { startedAt: 0, shownAt: 0, stage: null, recent: [], isNews: false };

export function advance(progress: Progress, events: readonly JobEvent[]): Progress {
  return events.reduce((before: Progress, event): Progress => {
    const startedAt = before.startedAt === 0 ? event.at : before.startedAt;
    switch (event.kind) {
      case "stage":
        return { ...before, startedAt, stage: event.stage, recent: [], isNews: true };
      case "tool":
        return { ...before, startedAt, recent: [...before.recent, event.words].slice(-shownTools), isNews: true };
      case "said":
      case "outcome":
        return { ...before, startedAt };
      default:
        return event satisfies never;
    }
  }, progress);
}

/** How long to wait until the message may be edited again; 0: it should be now. Undefined: there is no need to. */
export function editIn({ shownAt, isNews }: Progress, now: number): number | undefined {
  return isNews ? Math.max(0, shownAt + statusEditMs - now) : undefined;
}

const stageWords: Record<Stage, string> = {
  cloning: "cloning the repository",
  asking: "looking for the cause",
  checking: "checking what changed",
  pushing: "pushing the fix",
  verifying: "verifying the fix",
};

export interface Facts {
  /** The repository and issue, as Markdown links. */
  where: string;
  now: number;
  /** So far; undefined where it is not known. */
  costUsd: number | undefined;
}

/** The message, and its parts. */
export function drawProgress(progress: Progress, { where, now, costUsd }: Facts): { text: string; doing: Doing } {
  const { stage, recent, startedAt } = progress;
  const doing = {
    stage: stage === null ? "starting" : stageWords[stage],
    tool: recent.at(-1),
    where,
    elapsed: inWords(startedAt === 0 ? 0 : now - startedAt),
    cost: costUsd === undefined ? undefined : `$${costUsd.toFixed(2)}`,
  };
  const facts = [doing.stage, doing.elapsed, doing.cost].filter((fact) => fact !== undefined);
  const lines = recent.map((words) => `› ${inlineMarkdown(cutWords(showHidden(words), maxToolWords))}`);
  const all = [`⚙️ Working on ${where}: ${facts.join(" · ")}`, ...lines];
  return { text: all.join("\n"), doing };
}

/** `41 s`, `2 min 5 s` */
function inWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
