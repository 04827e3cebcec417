import { type Command, commandSchema } from "../shared/command.ts";
import { describeError, type Log } from "../shared/log.ts";
import { type Redact, redactJson } from "../shared/redact.ts";
import { maxErrorLength } from "./endings/dead-letter.ts";
import type { DeadLetters } from "./stores/dead-letters.ts";
import { commandIdOf } from "./command-id-of.ts";

export interface ConsumeNeeds {
  /** Starts the command's Workflow; a command that was started before stays as it is. */
  start: (command: Command) => Promise<void>;
  deadLetters: Pick<DeadLetters, "noteFailedStart">;
  redact: Redact;
  log: Log;
  now: () => number;
}

/**
 * Starts one Workflow per message. What cannot be started is delivered again and, after the queue's last attempt, kept on
 * the dead-letter queue. A secret that somebody typed goes no further.
 */
export async function consume(
  batch: MessageBatch,
  { start, deadLetters, redact, log, now }: ConsumeNeeds,
): Promise<void> {
  for (const message of batch.messages) {
    try {
      const command = commandSchema.parse(redactJson(message.body, redact));
      await start(command);
      log("command_taken", { commandId: command.id, name: command.name, attempts: message.attempts });
      message.ack();
    } catch (error) {
      const commandId = commandIdOf(message.body);
      const described = describeError(error);
      log("start_failed", { commandId, messageId: message.id, attempts: message.attempts, ...described });
      if (commandId !== undefined) {
        const failed = { attempt: message.attempts, error: described.error.slice(0, maxErrorLength), at: now() };
        await deadLetters.noteFailedStart(commandId, failed).catch(() => undefined);
      }
      message.retry({ delaySeconds: retryDelaySeconds(message.attempts) });
    }
  }
}

/** 5 s, 10 s, 20 s. */
export function retryDelaySeconds(attempts: number): number {
  return 5 * 2 ** (attempts - 1);
}
