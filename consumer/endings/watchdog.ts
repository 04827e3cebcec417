import { watchdogBatch, watchdogGraceMs, watchdogMarginMs, watchWaitingMs } from "../../shared/limits.ts";
import { describeError } from "../../shared/log.ts";
import { withBill } from "./bill.ts";
import { bury } from "./bury.ts";
import { deadlineOf } from "./deadline.ts";
import { type Ending, unreadReply, withId } from "./ending.ts";
import { expireCheckpoints } from "./expire-checkpoints.ts";
import { isWork } from "../../shared/is-work.ts";
import type { Instances, InstanceState } from "./instances.ts";
import type { Outside } from "../needs.ts";
import { takeBackLate } from "../sandbox/take-back-late.ts";
import { type LeftBranch, leaveBranch } from "../sandbox/leave-branch.ts";
import { noteEnd } from "./note-end.ts";
import { sayLastWord } from "./say-last-word.ts";
import { findStanding, linkTo, standingInWords } from "./what-stands.ts";
import type { UnsaidWord } from "../stores/last-words.ts";
import type { Unended, UnendedCommands } from "../stores/unended.ts";

export interface WatchdogNeeds extends Outside {
  unended: UnendedCommands;
  instances: Instances;
}

/**
 * Finds what a Workflow should have done and can no longer do: ends its command, says its last word, frees what it held. Every
 * minute; may run at the same time as itself and as any Workflow, for one row in D1 decides who ended a command. What fails of
 * it keeps nothing else from being done.
 */
export async function watch(needs: WatchdogNeeds): Promise<void> {
  const { unended, lastWords, log, now } = needs;
  await duty("end", async () => {
    const all = await unended.take(watchdogBatch, now() - watchdogGraceMs, watchWaitingMs, now());
    await each(all, (one) => endWhere(one, needs));
  });
  await Promise.all(
    (["slack", "discord"] as const).map((platform) =>
      duty(`say in ${platform}`, async () => {
        const all = await lastWords.take(platform, watchdogBatch, now());
        await each(all, (word) => sayWhere(word, needs));
      }),
    ),
  );
  await duty("take back", () => takeBackLate(needs));
  await duty("free", async () => {
    const freed = await unended.release(now());
    if (freed.claims + freed.leases > 0) log("watchdog_freed", freed);
  });
  await duty("expire", () => expireCheckpoints(needs));

  async function each<T extends { id: string }>(all: T[], look: (one: T) => Promise<void>): Promise<void> {
    for (const one of all) {
      await look(one).catch((error: unknown) => log("watchdog_failed", { commandId: one.id, ...describeError(error) }));
    }
  }

  async function duty(name: string, run: () => Promise<void>): Promise<void> {
    await run().catch((error: unknown) => log("watchdog_failed", { duty: name, ...describeError(error) }));
  }
}

async function sayWhere(word: UnsaidWord, needs: WatchdogNeeds): Promise<void> {
  const { id, stored, endedBy, settledAt, costUsd } = word;
  const { instances, lastWords, now } = needs;
  if (endedBy === "workflow") {
    const isLate = now() > settledAt + watchdogMarginMs;
    const state = await instances.state(id).catch((error: unknown) => {
      if (isLate) return undefined;
      throw error;
    });
    // It may still be about to say it, but not for ever.
    if (state?.kind === "going" && !isLate) return;
    if (state?.kind === "finished" && stored.kind !== "unreadable") {
      const { ending, said } = state.result;
      await noteEnd(stored.command, withoutAbsent(ending), "bugbot", needs);
      if (said) return lastWords.said(id, now());
    }
    if (isLate) await instances.terminate(id).catch(() => undefined);
  }
  // Whoever ended it may have died before this.
  const actor = endedBy === null || endedBy === "workflow" ? "bugbot" : endedBy;
  if (stored.kind !== "unreadable") {
    await noteEnd(stored.command, { ...word, ...(costUsd !== undefined && { usage: { costUsd } }) }, actor, needs);
  }
  if (endedBy === "watchdog" && stored.kind === "whole") {
    const { died = lost } = word;
    const errors = [{ step: "Workflow", attempt: 1, error: died, at: settledAt }];
    await bury({ command: stored.command, died, errors }, needs);
  }
  await sayLastWord(word, needs);
}

const lost = "lost: its Workflow did not end it";
const tooLong = "It took longer than it may.";
const pausedTooLong = "Whoever runs bugbot had paused it, and its time is up.";
const broken = "Something broke while I worked on this.";

/** Ends a command whose Workflow is over, or takes longer than it may. */
async function endWhere(one: Unended, needs: WatchdogNeeds): Promise<void> {
  const { instances, commands, lastWords, log, now } = needs;
  const { id, stored } = one;
  const isLate = now() > deadlineOf(one, needs.settings);
  // Whatever became of the engine, a command does not run for ever.
  const state = await instances.state(id).catch((error: unknown): InstanceState => {
    if (isLate) return { kind: "ended", how: "unreachable" };
    throw error;
  });
  switch (state.kind) {
    case "going":
      if (!isLate) return;
      // It may end by itself meanwhile; the row decides.
      await instances.terminate(id).catch(() => undefined);
      return endLate(one, state.isPaused ? pausedTooLong : tooLong, needs);
    case "finished": {
      // D1 was down when it ended; what it said stands.
      const { ending, button, said } = state.result;
      if (stored.kind === "unreadable") return end(one, "failed", stored.error, needs);
      await commands.settle(
        stored.command,
        { ending: withoutAbsent(ending), button: button ?? undefined, endedBy: "workflow" },
        now(),
      );
      await noteEnd(stored.command, withoutAbsent(ending), "bugbot", needs);
      if (said) await lastWords.said(id, now());
      log("watchdog_recorded", { commandId: id, outcome: ending.outcome });
      return;
    }
    case "ended":
      log("watchdog_found", { commandId: id, instance: state.how });
      return end(one, isLate ? "timed_out" : "failed", needs.redact(`${lost} (${state.how})`), needs);
    default:
      return state satisfies never;
  }
}

function endLate(one: Unended, why: string, needs: WatchdogNeeds): Promise<void> {
  return end(one, "timed_out", `timed_out: ${why}`, needs, why);
}

/** `died` is why, for operators, and `why` for the person. */
async function end(
  one: Unended,
  outcome: "failed" | "timed_out",
  died: string,
  needs: WatchdogNeeds,
  why = outcome === "failed" ? broken : tooLong,
): Promise<void> {
  const { commands, conversations, leases, sandbox, log, now } = needs;
  const { id, stored, conversationId: thread } = one;
  const lease = await leases.findOf(id);
  await leases.close(id, now());
  if (lease)
    await sandbox(thread)
      .stop(id)
      .catch(() => false);
  if (stored.kind === "unreadable") return close(one, outcome, stored.error, needs);
  const { command } = stored;
  const left = await leave();
  const mark = outcome === "failed" ? "❌" : "⏳";
  const known = isWork(command) ? await conversations.find(thread) : undefined;
  const { issueIdentifier: issue, issueUrl } = known ?? {};
  const about = issue && issueUrl ? [`It is about [${issue}](${issueUrl}).`] : [];
  const isWhole = stored.kind === "whole";
  if (!isWhole) await keepUnread(one, stored, needs);
  const first = isWhole || outcome === "timed_out" ? `${mark} ${why}` : unreadReply;
  const words = [first, ...about, ...(left?.words ? [left.words] : [])].join(" ");
  const stands = left ? linkTo(left.standing) : {};
  const links = [...(issueUrl ? [{ label: "Open issue", url: issueUrl }] : []), ...(stands.links ?? [])];
  const ended: Ending = {
    outcome,
    reply: withId(words, id),
    died,
    ...stands,
    ...(links.length > 0 && { links }),
    ...(issue && { issue }),
  };
  const ending = await withBill(command, ended, needs).catch(() => ended);
  await commands.requestStop(id, now());
  const button = isWhole ? "retry" : undefined;
  const isOurs = await commands.settle(command, { ending, button, endedBy: "watchdog" }, now());
  if (isOurs) await noteEnd(command, ending, "watchdog", needs);
  log("watchdog_ended", { commandId: id, outcome, isOurs });

  /** What a fix leaves: undefined of another command. */
  async function leave(): Promise<LeftBranch | undefined> {
    if (lease) return leaveBranch(lease, thread, needs);
    if (command.name !== "fix") return undefined;
    const standing = await findStanding(thread, "before it began", { ...needs, effect: (_name, act) => act(false) });
    return { words: standingInWords(standing), standing };
  }
}

/** Of a command that nobody can read no more than its outcome is known. */
async function close(
  one: Unended,
  outcome: "failed" | "timed_out",
  error: string,
  needs: WatchdogNeeds,
): Promise<void> {
  const { unended, record, log, now } = needs;
  const { id } = one;
  await keepUnread(one, { error, body: one.body }, needs);
  const isOurs = await unended.close(id, outcome, error, now());
  const facts = { outcome, why: error };
  if (isOurs) await record({ deed: `${id} ended`, actor: "watchdog", action: "ended", subject: id, facts });
  log("watchdog_ended", { commandId: id, outcome, isOurs, error });
}

/** The letter holds all that was written: a version that can read it can do it again. */
async function keepUnread(
  { id, name, conversationId }: Unended,
  { body, error }: { body: string; error: string },
  { deadLetters, now }: WatchdogNeeds,
): Promise<void> {
  const letter = { id, commandId: id, name, conversation: conversationId, body, error };
  await deadLetters.keep({ ...letter, errors: [], attempts: 1, diedAt: now() });
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
