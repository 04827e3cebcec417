import * as z from "zod/mini";
import { type Command, commandSchema } from "../../shared/command.ts";
import { deadLetterRetrySeconds, queueAttempts } from "../../shared/limits.ts";
import { describeError, type Log } from "../../shared/log.ts";
import { deadCommandSchema } from "./dead-letter.ts";
import { type Ending, withId } from "./ending.ts";
import { noteEnd, type NoteEndNeeds } from "./note-end.ts";
import { sayLastWord, type SayLastWordNeeds } from "./say-last-word.ts";
import type { Commands } from "../stores/commands.ts";
import { type DeadLetters, letterOf } from "../stores/dead-letters.ts";

export interface TakeDeadLettersNeeds extends SayLastWordNeeds, NoteEndNeeds {
  deadLetters: DeadLetters;
  commands: Commands;
  /** Whether a Workflow has taken the command after all. */
  isStarted: (commandId: string) => Promise<boolean>;
  log: Log;
}

/** Keeps what lies on the dead-letter queue, and tells the person where nobody else does. */
export async function takeDeadLetters(batch: MessageBatch, needs: TakeDeadLettersNeeds): Promise<void> {
  for (const message of batch.messages) {
    try {
      await take(message, needs);
      message.ack();
    } catch (error) {
      needs.log("dead_letter_failed", { messageId: message.id, attempts: message.attempts, ...describeError(error) });
      message.retry({ delaySeconds: Math.min(deadLetterRetrySeconds, 5 * 2 ** Math.min(message.attempts, 20)) });
    }
  }
}

async function take({ id, body, timestamp }: Message, needs: TakeDeadLettersNeeds): Promise<void> {
  const { deadLetters, log } = needs;
  const dead = z.safeParse(deadCommandSchema, body);
  if (dead.success) {
    // Its Workflow, or the watchdog, has the last word.
    await deadLetters.keep(letterOf(dead.data));
    log("dead_letter", { id: dead.data.command.id, commandId: dead.data.command.id, error: dead.data.error });
    return;
  }
  const parsed = z.safeParse(commandSchema, body);
  if (!parsed.success) {
    const error = `not a command: ${z.prettifyError(parsed.error)}`;
    await deadLetters.keep({
      id: `message-${id}`,
      commandId: null,
      name: null,
      conversation: null,
      body: asText(body),
      error,
      errors: [],
      attempts: queueAttempts,
      diedAt: timestamp.getTime(),
    });
    log("dead_letter", { id: `message-${id}`, error });
    return;
  }
  await takeCommand(parsed.data, needs);
}

/** A command that no Workflow could be started for. */
async function takeCommand(command: Command, needs: TakeDeadLettersNeeds): Promise<void> {
  const { deadLetters, commands, lastWords, isStarted, log, now } = needs;
  const { id } = command;
  if (await isStarted(id)) {
    await commands.receive(command, now());
    log("dead_letter_alive", { commandId: id });
    return;
  }
  const error = "not_started: its Workflow could not be started";
  const dead = { v: 1 as const, kind: "dead_command" as const, command, error, errors: [], attempts: queueAttempts };
  await deadLetters.keep(letterOf({ ...dead, diedAt: now() }));
  const reply = withId("❌ I could not begin with this.", id);
  const ending: Ending = { outcome: "failed", reply, died: error };
  const isOurs = await commands.settle(command, { ending, button: "retry", endedBy: "queue" }, now());
  if (isOurs) await noteEnd(command, ending, "queue", needs);
  log("dead_letter", { id, commandId: id, error });
  const word = await lastWords.unsaidOf(id);
  // The queue's copy still knows where an answer for the asker's eyes goes.
  if (word?.endedBy === "queue") await sayLastWord({ ...word, command }, needs);
}

/** Whatever lay there, as text. */
function asText(body: unknown): string {
  if (typeof body === "string") return body;
  try {
    return JSON.stringify(body) ?? String(body);
  } catch {
    return String(body);
  }
}
