import type { Command } from "../../shared/command.ts";
import { conversationId, workspaceId } from "../../shared/conversation.ts";
import { Failure } from "../../shared/failure.ts";
import { isOperator } from "../../shared/is-operator.ts";
import { leaseGraceMs, watchdogMarginMs, workLimits } from "../../shared/limits.ts";
import type { Effect } from "../effect.ts";
import { inMinutes } from "../in-minutes.ts";
import { isWork } from "../../shared/is-work.ts";
import type { Outside } from "../needs.ts";
import type { Verdict } from "../stores/admissions.ts";

const noLimit = 1_000_000;

/** What the operator's API starts: nobody in chat can make such an id. */
const startedByOperator = /^(?:retry|replay)-/;

/**
 * Lets work in, or throws a `Failure` that says when to try again. Words for a run that is under way in their thread are no work of
 * their own at `first`; when they turn out not to reach it they are, at `late`. Who was let in once stays so.
 */
export async function keepLimits(
  command: Command,
  stage: "first" | "late",
  {
    effect,
    admissions,
    commands,
    settings,
    now,
  }: Pick<Outside, "admissions" | "settings" | "now"> & {
    commands: Pick<Outside["commands"], "workingFor">;
    effect: Effect;
  },
): Promise<void> {
  if (!isWork(command)) return;
  const { id, name, author, conversation } = command;
  const isFree = startedByOperator.test(id) || isOperator(author.id, settings.BUGBOT_OPERATORS);
  const runMs = settings.BUGBOT_MAX_MINUTES * 60_000 + leaseGraceMs;
  const limits = isFree
    ? { ...workLimits, runMs, perAuthor: noLimit, running: noLimit }
    : { ...workLimits, runMs, running: settings.BUGBOT_MAX_RUNNING };
  const candidate = {
    commandId: id,
    workspace: `${conversation.platform}:${workspaceId(conversation)}`,
    authorId: author.id,
  };
  const { at, ...verdict } = await effect(`keep limits ${stage}`, async (): Promise<Verdict & { at: number }> => {
    const nowMs = now();
    const isForRun =
      stage === "first" &&
      name === "fix" &&
      (await commands.workingFor(conversationId(conversation), command)) !== null;
    const decided = isForRun ? { kind: "admitted" as const } : await admissions.admit(candidate, limits, nowMs);
    return { ...decided, at: nowMs };
  });
  switch (verdict.kind) {
    case "admitted":
      return;
    case "too_often": {
      const { perAuthor, windowMs } = workLimits;
      throw refusal(
        `You have given me work ${perAuthor} times within ${windowMs / 60_000} minutes, which is as often as one person may. Try again ${inMinutes(verdict.freeAt, at)}.`,
      );
    }
    case "too_many": {
      // By then the watchdog has ended it.
      const doneAt = verdict.oldestAt + runMs + watchdogMarginMs;
      throw refusal(
        `As much is under way in this workspace as may be at once (${settings.BUGBOT_MAX_RUNNING}). Try again when some of it has ended, ${inMinutes(doneAt, at)} at the latest.`,
      );
    }
    default:
      verdict satisfies never;
  }
}

function refusal(reply: string): Failure {
  return new Failure("limited", { reply, retry: false });
}
