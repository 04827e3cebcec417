import * as z from "zod/mini";
import { deadLetterRetrySeconds, queueAttempts } from "../../shared/limits.ts";
import { describeError, type Log } from "../../shared/log.ts";
import { parseJson } from "../../shared/parse-json.ts";
import type { Redact } from "../../shared/redact.ts";
import { commandIdOf } from "../command-id-of.ts";
import { noteAsked } from "../note-asked.ts";
import { deadCommandSchema } from "./dead-letter.ts";
import { type Ending, unreadReply, withId } from "./ending.ts";
import { noteEnd, type NoteEndNeeds } from "./note-end.ts";
import { sayLastWord, type SayLastWordNeeds } from "./say-last-word.ts";
import type { Commands } from "../stores/commands.ts";
import { type DeadLetters, letterOf } from "../stores/dead-letters.ts";
import { readStored, type StoredCommand } from "../stores/stored-command.ts";

export interface TakeDeadLettersNeeds extends SayLastWordNeeds, NoteEndNeeds {
  deadLetters: DeadLetters;
  commands: Commands;
  /** Whether a Workflow has taken the command after all. */
  isStarted: (commandId: string) => Promise<boolean>;
  redact: Redact;
  log: Log;
}

/** Keeps what lies on the dead-letter queue, and tells the person where nobody else does. */
export async function takeDeadLetters(batch: MessageBatch, needs: TakeDeadLettersNeeds): Promise<void> {
  for (const message of batch.messages) {
    try {
      await take(message, needs);
      message.ack();
    } catch (error) {
      needs.log("dead_letter_failed", {
        commandId: commandIdOf(message.body),
        messageId: message.id,
        attempts: message.attempts,
        ...describeError(error),
      });
      message.retry({ delaySeconds: Math.min(deadLetterRetrySeconds, 5 * 2 ** Math.min(message.attempts, 20)) });
    }
  }
}

async function take(message: Message, needs: TakeDeadLettersNeeds): Promise<void> {
  const { deadLetters, redact, log } = needs;
  const { id, timestamp } = message;
  // What another program put there may be anything at all.
  const text = redact(asText(message.body));
  const body = typeof message.body === "string" ? text : parseJson(text);
  const dead = z.safeParse(deadCommandSchema, body);
  if (dead.success) {
    // Its Workflow, or the watchdog, has the last word.
    await deadLetters.keep(letterOf(dead.data));
    log("dead_letter", { id: dead.data.command.id, commandId: dead.data.command.id, error: dead.data.error });
    return;
  }
  const stored = readStored(body);
  if (stored.kind === "unreadable") {
    const { error } = stored;
    await deadLetters.keep({
      id: `message-${id}`,
      commandId: null,
      name: null,
      conversation: null,
      body: text,
      error,
      errors: [],
      attempts: queueAttempts,
      diedAt: timestamp.getTime(),
    });
    log("dead_letter", { id: `message-${id}`, error });
    return;
  }
  await takeCommand(stored, needs);
}

/** A command that no Workflow could be started for, because there was none to be had or because another version wrote it. */
async function takeCommand(
  stored: Exclude<StoredCommand, { kind: "unreadable" }>,
  needs: TakeDeadLettersNeeds,
): Promise<void> {
  const { deadLetters, commands, lastWords, isStarted, log, now } = needs;
  const { command } = stored;
  const isWhole = stored.kind === "whole";
  const body = isWhole ? undefined : stored.body;
  const { id } = command;
  await noteAsked(command, needs);
  if (await isStarted(id)) {
    await commands.receive(command, now(), body);
    log("dead_letter_alive", { commandId: id });
    return;
  }
  const error = isWhole ? "not_started: its Workflow could not be started" : stored.error;
  const errors = await deadLetters.failedStarts(id).catch(() => []);
  const dead = { v: 1 as const, kind: "dead_command" as const, command, error, errors, attempts: queueAttempts };
  await deadLetters.keep(letterOf({ ...dead, diedAt: now() }, body));
  const reply = withId(isWhole ? "❌ I could not begin with this." : unreadReply, id);
  const ending: Ending = { outcome: "failed", reply, died: error };
  const button = isWhole ? "retry" : undefined;
  const isOurs = await commands.settle(command, { ending, button, endedBy: "queue", body }, now());
  if (isOurs) await noteEnd(command, ending, "queue", needs);
  log("dead_letter", { id, commandId: id, error });
  const word = await lastWords.unsaidOf(id);
  if (word?.endedBy === "queue") await sayLastWord(word, needs);
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
