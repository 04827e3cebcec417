import type { Command } from "../../shared/command.ts";
import { Failure } from "../../shared/failure.ts";
import { lastWordRetries } from "../../shared/limits.ts";
import { describeError, type Log } from "../../shared/log.ts";
import { isGoneForGood } from "../gone.ts";
import { isWork } from "../../shared/is-work.ts";
import type { Ending } from "./ending.ts";
import { type Mark, type Replies, whispered } from "../replies/reply.ts";
import type { LastWords, UnsaidWord } from "../stores/last-words.ts";

export interface SayLastWordNeeds {
  replies: (platform: Command["conversation"]["platform"]) => Replies;
  lastWords: LastWords;
  log: Log;
  now: () => number;
}

/**
 * Says a last word that its Workflow did not: edits the message that follows the command, else answers it. At most one caller does.
 * What chat does not take is owed, and given up where nobody will ever hear it, or when it was tried for too long.
 */
export async function sayLastWord(word: UnsaidWord, needs: SayLastWordNeeds): Promise<void> {
  const { lastWords, log, now } = needs;
  const { id, stored, reply: text, button, outcome, card, links } = word;
  if (!(await lastWords.claim(id, now()))) return;
  try {
    // A later version may know where it goes.
    if (stored.kind === "unreadable") throw new Error(stored.error);
    const { command } = stored;
    const replies = needs.replies(command.conversation.platform);
    const reply = { text, buttons: button ? [{ action: button, commandId: id }] : [], card, links };
    if (word.statusMessageId !== undefined && word.statusMessageId !== whispered) {
      await replies.edit(command, word.statusMessageId, reply);
    } else {
      // An earlier attempt may have posted something before it was lost.
      const posted = await replies.post(command, reply, true);
      if (posted !== whispered) await replies.edit(command, posted, reply);
    }
    await lastWords.said(id, now());
    if (isWork(command)) await replies.activity?.(command, undefined).catch(() => undefined);
    await replies.mark(command, markOf(command, outcome)).catch(() => undefined);
    log("command_settled", { commandId: id, name: command.name, outcome, late: true });
  } catch (error) {
    const untilMs = now() + waitOf(word.attempts, error);
    const isLost = isGoneForGood(error) || untilMs > word.settledAt + lastWordRetries.forMs;
    const described = describeError(error);
    log(isLost ? "last_word_lost" : "last_word_late", { commandId: id, attempts: word.attempts + 1, ...described });
    await (isLost ? lastWords.giveUp(id, described.error) : lastWords.postpone(id, untilMs));
  }
}

/** Doubles with each attempt; no shorter than what the platform asks for. */
function waitOf(attempts: number, error: unknown): number {
  const { minWaitMs, maxWaitMs } = lastWordRetries;
  const asked = error instanceof Failure ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(asked, Math.min(maxWaitMs, minWaitMs * 2 ** Math.min(attempts, 20)));
}

/** An answer to a question needs no mark; work does. A retry that never became work was asked for under a message of bugbot's, which has its own. */
export function markOf(command: Command, outcome: Ending["outcome"]): Mark {
  if (command.name === "retry") return "answered";
  if (outcome === "refused") return "failed";
  return outcome === "succeeded" && !isWork(command) ? "answered" : outcome;
}
