import type { ButtonAction } from "../../shared/button.ts";
import { Failure } from "../../shared/failure.ts";
import type { Usage } from "../../shared/job.ts";
import { describeError } from "../../shared/log.ts";
import type { Card, LinkButton } from "../replies/reply.ts";

export const outcomes = ["succeeded", "failed", "stopped", "timed_out", "refused"] as const;

/** How a command ended, and the person's last word about it. */
export interface Ending {
  outcome: (typeof outcomes)[number];
  /** In Markdown; the reply's writer translates it. Nothing is said when it is empty. */
  reply: string;
  /** Whether the person can name the missing repository in a form. */
  ask?: boolean;
  /** What pressing the button under it does, where that does not follow from the outcome. */
  button?: ButtonAction;
  /** Pages to open, as buttons beside it. */
  links?: LinkButton[];
  /** The Linear issue's identifier. */
  issue?: string;
  pullRequestUrl?: string;
  card?: Card;
  usage?: Usage;
  /**
   * Why the command is a dead letter: bugbot or something it needs failed, and doing it again may help. Absent where the ending is
   * an answer: a refusal, a stop, a limit that was reached, a run that found nothing to change.
   */
  died?: string;
}

/** An ending for everything that was thrown on the way. */
export function endingOf(error: unknown, commandId: string): Ending {
  if (!(error instanceof Failure)) {
    return { outcome: "failed", reply: `❌ ${bugReply(commandId)}`, died: describeError(error).error };
  }
  if (error.code === "stopped") return { outcome: "stopped", reply: error.reply };
  if (error.code === "loop_ignored") return { outcome: "refused", reply: "" };
  const ask = error.code === "no_repository" || error.code === "several_repositories";
  const reply = `❌ ${error.reply}`;
  if (error.retry) return { outcome: "failed", reply, died: error.message };
  return { outcome: "refused", reply, ...(ask && { ask }) };
}

/** The last word of a dead letter says under which id the team finds it. */
export function withId(reply: string, commandId: string): string {
  return reply.includes(`\`${commandId}\``) ? reply : `${reply}\nThe team finds it under \`${commandId}\`.`;
}

/** What a person reads of a command that this version cannot read. */
export const unreadReply = "❌ Another version of me was to do this, and I cannot read it. Write it again.";

/** What a person reads of a bug: nothing of it but where the team finds it. */
export function bugReply(commandId: string): string {
  return `Something broke. The team can see it in the logs under \`${commandId}\`.`;
}
