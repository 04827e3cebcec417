import type { Command } from "../shared/command.ts";
import { floodWords } from "../shared/flood-words.ts";
import { floodLimits, maxMessageBytes, maxTextLength } from "../shared/limits.ts";
import type { Log } from "../shared/log.ts";
import { stripHidden } from "../shared/plain-text.ts";
import type { Answer } from "./platform.ts";
import { createRefuseFlood } from "./refuse-flood.ts";

const encoder = new TextEncoder();

export interface TakeNeeds {
  /** Puts a command on the queue. */
  enqueue: (command: Command) => Promise<unknown>;
  /** Whether this is one command too many of its person's; never throws. */
  holdFlood: (command: Command) => Promise<boolean>;
  now: () => number;
  log: Log;
}

export type Taken =
  /** The queue has it, as it is here. */
  | { kind: "enqueued"; command: Command }
  /** One command too many; its person is told so. */
  | { kind: "held"; told: Answer }
  /** It fits into no message on the queue. */
  | { kind: "too_large" };

export type Take = ReturnType<typeof createTake>;

/**
 * Puts a command on the queue, wherever it comes from, unless its person sends too much. `tell` makes the answer that says so, where they
 * read one. Throws what the queue throws: then the command is to be sent again.
 */
export function createTake({ enqueue, holdFlood, now, log }: TakeNeeds) {
  const refuseFlood = createRefuseFlood(enqueue);

  return async (given: Command, tell: (words: string) => Answer = () => undefined): Promise<Taken> => {
    const command = clean(given);
    if (await holdFlood(command)) {
      log("flood_held", { commandId: command.id });
      const told = tell(floodWords(now() + floodLimits.periodMs));
      if (!told) await refuseFlood(command, now());
      return { kind: "held", told };
    }
    try {
      await enqueue(command);
    } catch (error) {
      // No platform's ids are that long, and sending it again would not make it shorter.
      if (encoder.encode(JSON.stringify(command)).length > maxMessageBytes) return { kind: "too_large" };
      throw error;
    }
    return { kind: "enqueued", command };
  };
}

/** Without what nobody wrote on purpose, and what a message on the queue has no room for. */
function clean({ text, report, ...command }: Command): Command {
  const words = (given: string) => stripHidden(given).slice(0, maxTextLength).toWellFormed();
  return {
    ...command,
    text: words(text),
    ...(report && { report: { author: words(report.author), text: words(report.text) } }),
  };
}
