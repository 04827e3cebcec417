import type { Command } from "../../shared/command.ts";
import { conversationId } from "../../shared/conversation.ts";
import { maxWaitingMessages, passOnPauses, passOnWaitMs, passOnWaits } from "../../shared/limits.ts";
import type { Ending } from "../endings/ending.ts";
import { writeMessage } from "../sandbox/follow-up-prompt.ts";
import type { CommandNeeds } from "../needs.ts";
import { titleOf } from "../report/title.ts";

type PassOnNeeds = Pick<
  CommandNeeds,
  "effect" | "commands" | "sandbox" | "messagesToRuns" | "approvals" | "wake" | "settings" | "now"
> & { wait?: (ms: number) => Promise<void> };

/**
 * Says a person's words to the run that is under way in their thread, as soon as it can hear them. Undefined where none is, or none
 * is any more: then the command is done by itself. `stage` tells two tries of one command apart.
 */
export async function passOn(command: Command, stage: string, needs: PassOnNeeds): Promise<Ending | undefined> {
  if (command.name !== "fix" || command.author.bot) return undefined;
  const words = [command.report?.text ?? "", command.text].filter((part) => part !== "").join("\n");
  if (titleOf(words) === undefined) return undefined;
  for (let wait = 1; wait <= passOnWaits; wait++) {
    const said = await needs.effect(`pass on ${stage} ${wait}`, () => sayInTime(command, words, wait === 1, needs));
    switch (said) {
      case "heard":
        return { outcome: "succeeded", reply: "💬 Passed on to the run that is under way here." };
      case "added":
        return { outcome: "succeeded", reply: "💬 Added to the plan, which now has to be approved as it is." };
      case "approved":
        return {
          outcome: "refused",
          reply:
            "❌ The run here was approved as it is. Say this again when it is done: it needs an approval of its own.",
        };
      case "crowded":
        return {
          outcome: "refused",
          reply: `❌ ${maxWaitingMessages} messages wait for the run here already. Say this again when it has heard them.`,
        };
      case "stopped":
        return { outcome: "stopped", reply: "The run here was stopped before I could pass that on." };
      case "free":
        return undefined;
      case "waiting":
        break;
      default:
        said satisfies never;
    }
  }
  return undefined;
}

/** Tries for a while: a job that is not there yet, or has just been answered, hears nothing. */
async function sayInTime(command: Command, words: string, isFirst: boolean, needs: PassOnNeeds) {
  const { commands, sandbox, messagesToRuns, approvals, wake, settings, now } = needs;
  const { wait = (ms) => scheduler.wait(ms) } = needs;
  const { firstMs, maxMs } = passOnPauses;
  const thread = conversationId(command.conversation);
  const text = writeMessage(command.author.name ?? command.author.id, words);
  // Before it asks for its approval, such a run hears nothing: it would not be a part of the plan.
  const needsApproval = settings.BUGBOT_APPROVAL === "fix";
  let awaited: string | undefined;
  let pauseMs = isFirst ? firstMs : maxMs;
  for (const until = now() + passOnWaitMs; ;) {
    const run = await commands.workingFor(thread, command);
    if (run === null) {
      const wasStopped = awaited !== undefined && (await commands.stopRequested(awaited));
      return wasStopped ? ("stopped" as const) : ("free" as const);
    }
    awaited = run;
    const message = { id: command.id, text, authorId: command.author.id };
    const approval = await approvals.find(run);
    if (approval) {
      if (!(await messagesToRuns.addToPlan(run, message, now()))) return "approved" as const;
      await wake(run);
      return "added" as const;
    }
    if (!needsApproval && (await sandbox(thread).say(run, { id: command.id, text }))) {
      await messagesToRuns.add(run, message, now());
      return "heard" as const;
    }
    if (isFirst && pauseMs === firstMs && (await commands.unendedBefore(thread, command)) > maxWaitingMessages)
      return "crowded" as const;
    if (now() >= until) return "waiting" as const;
    await wait(pauseMs);
    pauseMs = Math.min(maxMs, pauseMs * 2);
  }
}
