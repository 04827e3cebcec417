import { conversationId } from "../../shared/conversation.ts";
import { leaseGraceMs, watchdogBatch, watchdogGraceMs, watchdogMarginMs } from "../../shared/limits.ts";
import { describeError } from "../../shared/log.ts";
import { withBill } from "./bill.ts";
import { bury } from "./bury.ts";
import { type Ending, withId } from "./ending.ts";
import { isWork } from "../is-work.ts";
import type { Instances, InstanceState } from "./instances.ts";
import type { Outside } from "../needs.ts";
import { leaveBranch } from "../sandbox/leave-branch.ts";
import { noteEnd } from "./note-end.ts";
import { sayLastWord } from "./say-last-word.ts";
import type { Unended, UnendedCommands } from "../stores/unended.ts";

export interface WatchdogNeeds extends Outside {
  unended: UnendedCommands;
  instances: Instances;
}

/**
 * Finds what a Workflow should have done and can no longer do: ends its command, says its last word, frees what it held. Every
 * minute; may run at the same time as itself and as any Workflow, for one row in D1 decides who ended a command.
 */
export async function watch(needs: WatchdogNeeds): Promise<void> {
  const { unended, lastWords, instances, log, now } = needs;
  await each(await unended.list(now() - watchdogGraceMs, watchdogBatch), (one) => endWhere(one, needs));
  await each(await lastWords.unsaid(now(), watchdogBatch), async (word) => {
    const { id } = word.command;
    // A Workflow may still be about to say it.
    if (word.endedBy === "workflow" && (await instances.state(id)).kind === "going") return;
    if (word.endedBy === "watchdog")
      await bury({ command: word.command, died: "lost: its Workflow did not end it", errors: [] }, needs);
    await sayLastWord(word, needs);
  });
  const freed = await unended.release(now());
  if (freed.claims + freed.leases > 0) log("watchdog_freed", freed);

  async function each<T extends { command: { id: string } }>(all: T[], look: (one: T) => Promise<void>): Promise<void> {
    for (const one of all) {
      await look(one).catch((error: unknown) =>
        log("watchdog_failed", { commandId: one.command.id, ...describeError(error) }),
      );
    }
  }
}

const tooLong = "It took longer than it may.";

/** Ends a command whose Workflow is over, or takes longer than it may. */
async function endWhere(one: Unended, needs: WatchdogNeeds): Promise<void> {
  const { instances, commands, lastWords, log, now } = needs;
  const { command } = one;
  const isLate = now() > deadlineOf(one, needs);
  // Whatever became of the engine, a command does not run for ever.
  const state = await instances.state(command.id).catch((error: unknown): InstanceState => {
    if (isLate) return { kind: "ended", how: "unreachable" };
    throw error;
  });
  switch (state.kind) {
    case "going":
      if (!isLate) return;
      // It may end by itself meanwhile; the row decides.
      await instances.terminate(command.id).catch(() => undefined);
      return end(one, "timed_out", tooLong, needs);
    case "finished": {
      // D1 was down when it ended; what it said stands.
      const { ending, button, said } = state.result;
      await commands.settle(
        command,
        { ending: withoutAbsent(ending), button: button ?? undefined, endedBy: "workflow" },
        now(),
      );
      await noteEnd(command, withoutAbsent(ending), "bugbot", needs);
      if (said) await lastWords.said(command.id, now());
      log("watchdog_recorded", { commandId: command.id, outcome: ending.outcome });
      return;
    }
    case "ended":
      log("watchdog_found", { commandId: command.id, instance: state.how });
      return isLate
        ? end(one, "timed_out", tooLong, needs)
        : end(one, "failed", "Something broke while I worked on this.", needs);
    default:
      return state satisfies never;
  }
}

async function end(
  { command }: Unended,
  outcome: "failed" | "timed_out",
  reason: string,
  needs: WatchdogNeeds,
): Promise<void> {
  const { commands, conversations, leases, sandbox, log, now } = needs;
  const { id } = command;
  const thread = conversationId(command.conversation);
  const lease = await leases.findOf(id);
  await leases.close(id, now());
  if (lease)
    await sandbox(thread)
      .stop(id)
      .catch(() => false);
  const left = lease && (await leaveBranch(lease, needs));
  const mark = outcome === "failed" ? "❌" : "⏳";
  const known = isWork(command) ? await conversations.find(thread) : undefined;
  const { issueIdentifier: issue, issueUrl } = known ?? {};
  const pullRequestUrl = left?.pullRequestUrl ?? known?.pullRequestUrl ?? undefined;
  const about = issue && issueUrl ? [`It is about [${issue}](${issueUrl}).`] : [];
  const words = [`${mark} ${reason}`, ...about, ...(left ? [left.words] : [])].join(" ");
  const links = [
    ...(issueUrl ? [{ label: "Open issue", url: issueUrl }] : []),
    ...(pullRequestUrl ? [{ label: "Open pull request", url: pullRequestUrl }] : []),
  ];
  const ended: Ending = {
    outcome,
    reply: withId(words, id),
    died: reason,
    ...(links.length > 0 && { links }),
    ...(issue && { issue }),
    ...(pullRequestUrl && { pullRequestUrl }),
  };
  const ending = await withBill(command, ended, needs).catch(() => ended);
  await commands.requestStop(id, now());
  const isOurs = await commands.settle(command, { ending, button: "retry", endedBy: "watchdog" }, now());
  if (isOurs) await noteEnd(command, ending, "watchdog", needs);
  log("watchdog_ended", { commandId: id, outcome, isOurs });
}

function deadlineOf({ startedAt, leaseExpiresAt, approvalExpiresAt }: Unended, { settings }: WatchdogNeeds): number {
  const run = Math.max(startedAt, approvalExpiresAt ?? 0) + settings.BUGBOT_MAX_MINUTES * 60_000 + leaseGraceMs;
  return Math.max(run, leaseExpiresAt ?? 0) + watchdogMarginMs;
}

function withoutAbsent({ outcome, reply, issue, pullRequestUrl, usage, died, card, links }: Parsed): Ending {
  return {
    outcome,
    reply,
    ...(issue !== undefined && { issue }),
    ...(pullRequestUrl !== undefined && { pullRequestUrl }),
    ...(usage !== undefined && { usage }),
    ...(died !== undefined && { died }),
    ...(card !== undefined && { card }),
    ...(links !== undefined && { links }),
  };
}
type Parsed = Extract<InstanceState, { kind: "finished" }>["result"]["ending"];
