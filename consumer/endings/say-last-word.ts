import type { Command } from "../../shared/command.ts";
import { Failure } from "../../shared/failure.ts";
import { describeError, type Log } from "../../shared/log.ts";
import { addressExpired } from "../gone.ts";
import { isWork } from "../is-work.ts";
import type { Ending } from "./ending.ts";
import { type Mark, type Replies, whispered } from "../replies/reply.ts";
import type { LastWords, UnsaidWord } from "../stores/last-words.ts";

export interface SayLastWordNeeds {
  replies: (platform: Command["conversation"]["platform"]) => Replies;
  lastWords: LastWords;
  log: Log;
  now: () => number;
}

/** Says a last word that its Workflow did not: edits the message that follows the command, else answers it. At most one caller does. */
export async function sayLastWord(word: UnsaidWord, needs: SayLastWordNeeds): Promise<void> {
  const { lastWords, log, now } = needs;
  const { command, reply: text, button, outcome, card, links } = word;
  const { id } = command;
  if (!(await lastWords.claim(id, now()))) return;
  try {
    const replies = needs.replies(command.conversation.platform);
    const reply = { text, buttons: button ? [{ action: button, commandId: id }] : [], card, links };
    if (word.statusMessageId !== undefined && word.statusMessageId !== whispered) {
      await replies.edit(command, word.statusMessageId, reply);
    } else {
      checkAddress(command);
      // An earlier attempt may have posted something before it was lost.
      const posted = await replies.post(command, reply, true);
      if (posted !== whispered) await replies.edit(command, posted, reply);
    }
    await lastWords.said(id, now());
    if (isWork(command)) await replies.activity?.(command, undefined).catch(() => undefined);
    await replies.mark(command, markOf(command, outcome)).catch(() => undefined);
    log("command_settled", { commandId: id, name: command.name, outcome, late: true });
  } catch (error) {
    const isLost = error instanceof Failure && !error.retry;
    log(isLost ? "last_word_lost" : "last_word_late", { commandId: id, ...describeError(error) });
    await (isLost ? lastWords.giveUp(id, error.message) : lastWords.unclaim(id));
  }
}

function checkAddress(command: Command): void {
  const { conversation } = command;
  const isOpen = conversation.threadId !== undefined || conversation.messageId !== undefined || isWork(command);
  const hasAddress = conversation.platform === "slack" ? conversation.responseUrl : conversation.interaction;
  if (!isOpen && !hasAddress) throw addressExpired();
}

/** An answer to a question needs no mark; work does. */
export function markOf(command: Command, outcome: Ending["outcome"]): Mark {
  if (outcome === "refused") return "failed";
  return outcome === "succeeded" && !isWork(command) ? "answered" : outcome;
}
