import { Failure } from "../shared/failure.ts";
import type { Usage } from "../shared/job.ts";

export const outcomes = ["succeeded", "failed", "stopped", "timed_out", "refused"] as const;

/** How a command ended, and the person's last word about it. */
export interface Ending {
  outcome: (typeof outcomes)[number];
  /** In Markdown; the reply's writer translates it. Nothing is said when it is empty. */
  reply: string;
  /** Whether the person can name the missing repository in a form. */
  ask?: boolean;
  /** The Linear issue's identifier. */
  issue?: string;
  pullRequestUrl?: string;
  usage?: Usage;
}

/** An ending for everything that was thrown on the way. */
export function endingOf(error: unknown, commandId: string): Ending {
  if (!(error instanceof Failure)) return { outcome: "failed", reply: `❌ ${bugReply(commandId)}` };
  if (error.code === "stopped") return { outcome: "stopped", reply: error.reply };
  const ask = error.code === "no_repository" || error.code === "several_repositories";
  return { outcome: error.retry ? "failed" : "refused", reply: `❌ ${error.reply}`, ...(ask && { ask }) };
}

/** What a person reads of a bug: nothing of it but where the team finds it. */
export function bugReply(commandId: string): string {
  return `Something broke. The team can see it in the logs under \`${commandId}\`.`;
}
