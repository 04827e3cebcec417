import type { ButtonAction } from "../../shared/button.ts";
import { Failure } from "../../shared/failure.ts";
import type { Usage } from "../../shared/job.ts";
import { describeError } from "../../shared/log.ts";
import { bugReply } from "../effect.ts";
import type { Card, LinkButton } from "../replies/reply.ts";
import { linkTo, type Standing, standingInWords, unpushedInWords } from "./what-stands.ts";

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

/** A fix that ends with these has begun, and pushed nothing. */
const unpushed: readonly string[] = ["stopped", "declined", "not_approved"];
const takenBack: readonly string[] = ["push_refused", "branch_moved"];

/** Whether a fix that throws this says what stands in its thread: most that is refused was never begun. */
export function saysWhatStands(error: unknown): boolean {
  return !(error instanceof Failure) || error.retry || [...unpushed, ...takenBack].includes(error.code);
}

/** An ending for everything that was thrown on the way. `standing` is there where `saysWhatStands`. */
export function endingOf(error: unknown, commandId: string, standing?: Standing): Ending {
  const stands = standing ? linkTo(standing) : {};
  const withStanding = (words: string): string => {
    if (!standing) return words;
    const isUnpushed = error instanceof Failure && unpushed.includes(error.code);
    return `${words} ${isUnpushed ? unpushedInWords(standing) : standingInWords(standing)}`.trimEnd();
  };
  if (!(error instanceof Failure)) {
    const reply = withStanding(`❌ ${bugReply(commandId)}`);
    return { outcome: "failed", reply, died: describeError(error).error, ...stands };
  }
  if (error.code === "stopped") return { outcome: "stopped", reply: withStanding(error.reply), ...stands };
  if (error.code === "loop_ignored") return { outcome: "refused", reply: "" };
  const ask = error.code === "no_repository" || error.code === "several_repositories";
  const reply = withStanding(`❌ ${error.reply}`);
  if (error.retry) return { outcome: "failed", reply, died: error.message, ...stands };
  return { outcome: "refused", reply, ...(ask && { ask }), ...stands };
}

/** The last word of a dead letter says under which id the team finds it. */
export function withId(reply: string, commandId: string): string {
  return reply.includes(`\`${commandId}\``) ? reply : `${reply}\nThe team finds it under \`${commandId}\`.`;
}

/** What a person reads of a command that this version cannot read. */
export const unreadReply = "❌ Another version of me was to do this, and I cannot read it. Write it again.";
