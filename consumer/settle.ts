import type { ButtonAction } from "../shared/button.ts";
import type { Command } from "../shared/command.ts";
import { conversationId } from "../shared/conversation.ts";
import { describeError } from "../shared/log.ts";
import { createRedact } from "../shared/redact.ts";
import { secretsOf } from "../shared/settings.ts";
import { bury, type BuryNeeds } from "./endings/bury.ts";
import { isWork } from "../shared/is-work.ts";
import { type Ending, withId } from "./endings/ending.ts";
import { briefly } from "./effect.ts";
import type { CommandNeeds } from "./needs.ts";
import type { Reply } from "./replies/reply.ts";
import { noteEnd, type NoteEndNeeds } from "./endings/note-end.ts";
import { markOf } from "./endings/say-last-word.ts";

/** What a Workflow leaves behind. The watchdog makes up for what is not `recorded` and not `said`. */
export interface Settled {
  ending: Ending;
  button: ButtonAction | null;
  recorded: boolean;
  said: boolean;
  /** Whether nobody else will end this command or say its last word any more. */
  isNoted: boolean;
}

export type SettleNeeds = BuryNeeds &
  NoteEndNeeds &
  Pick<CommandNeeds, "effect" | "errors" | "status" | "commands" | "conversations" | "lastWords" | "log">;

/** The command's one last word: recorded, said, and the conversation free for the next. */
export async function settle(command: Command, ending: Ending, needs: SettleNeeds): Promise<Settled> {
  const { effect, errors, status, commands, conversations, lastWords, settings, log, now } = needs;
  const { id } = command;
  const words = ending.died === undefined ? ending.reply : withId(ending.reply, id);
  const clean = createRedact(secretsOf(settings));
  const { card } = ending;
  const final: Ending = {
    ...ending,
    reply: clean(words),
    ...(ending.died !== undefined && { died: clean(ending.died) }),
    ...(card && { card: { ...card, title: clean(card.title), summary: clean(card.summary) } }),
  };
  const button = buttonOf(command, final);
  const { died } = ending;
  if (died !== undefined) {
    await effect("bury", () => bury({ command, died, errors }, needs), briefly).catch(() => undefined);
  }
  const record = async () => {
    const isOurs = await commands.settle(command, { ending: final, button, endedBy: "workflow" }, now());
    await conversations.release(conversationId(command.conversation), id);
    return isOurs;
  };
  // A database that is down does not keep the last word from the person.
  const isOurs = await effect("settle", record, briefly).catch(() => undefined);
  const elsewhere = () => log("command_ended_elsewhere");
  if (isOurs === false) {
    elsewhere();
    return { ending: final, button: button ?? null, recorded: true, said: true, isNoted: false };
  }

  const isSilent = final.reply === "";
  const said = isSilent || (await say());
  // No 👀 stays behind where nothing is said.
  if (isSilent && final.outcome === "refused") await status.mark("answered");
  const isOursLate = isOurs ?? (await effect("settle late", record, briefly).catch(() => undefined));
  const recorded = isOursLate !== undefined;
  // Somebody else ended it meanwhile: theirs is the end that counts, and the person has had a last word.
  if (isOursLate === false) elsewhere();
  const noted = await effect("note last word", async () => {
    // In this order: the watchdog makes up for both where the second is missing.
    if (isOursLate !== false) await noteEnd(command, final, "bugbot", needs);
    if (said) await lastWords.said(id, now());
    return true;
  }).catch((error: unknown) => {
    log("end_not_noted", describeError(error));
    return false;
  });
  if (said) log("command_settled", facts());
  const isNoted = said && isOursLate === true && noted;
  return { ending: final, button: button ?? null, recorded, said, isNoted };

  function facts() {
    const { outcome, pullRequestUrl, usage } = final;
    const durationMs = now() - command.receivedAt;
    return { name: command.name, outcome, pullRequestUrl, costUsd: usage?.costUsd, durationMs };
  }

  async function say(): Promise<boolean> {
    try {
      await status.lastWord(wordOf(final, button, id));
      return true;
    } catch (error) {
      log("last_word_late", { ...facts(), ...describeError(error) });
      return false;
    } finally {
      await status.mark(markOf(command, final.outcome));
    }
  }
}

/** An ending as a message. */
export function wordOf(
  { reply, card, links }: Ending,
  button: ButtonAction | null | undefined,
  commandId: string,
): Reply {
  return { text: reply, buttons: button ? [{ action: button, commandId }] : [], card, links };
}

function buttonOf(command: Command, { outcome, ask, died, button }: Ending): ButtonAction | undefined {
  if (button) return button;
  if (ask) return "ask";
  const again = isWork(command) && (outcome === "failed" || outcome === "timed_out" || outcome === "stopped");
  return again || died !== undefined ? "retry" : undefined;
}
