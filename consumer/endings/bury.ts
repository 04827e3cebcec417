import type { Command } from "../../shared/command.ts";
import { createRedact } from "../../shared/redact.ts";
import { secretsOf } from "../../shared/settings.ts";
import { attemptsOf, type DeadCommand, maxErrorLength, type StepError } from "./dead-letter.ts";
import type { Outside } from "../needs.ts";
import { lasting } from "../stores/commands.ts";
import { letterOf } from "../stores/dead-letters.ts";

export type BuryNeeds = Pick<Outside, "sendDead" | "deadLetters" | "settings" | "now">;

export interface Death {
  command: Command;
  /** Why it died, for operators. */
  died: string;
  errors: readonly StepError[];
}

/** Sends a command that died to the dead-letter queue; straight to its table where the queue is down. May be repeated. */
export async function bury({ command, died, errors }: Death, { sendDead, deadLetters, settings, now }: BuryNeeds) {
  const redact = createRedact(secretsOf(settings));
  const clean = (text: string) => redact(text).slice(0, maxErrorLength).toWellFormed();
  // What a bug is, the person is not told, but its attempts know.
  const error = (died.startsWith("bug:") ? errors.at(-1)?.error : undefined) ?? died;
  const dead: DeadCommand = {
    v: 1,
    kind: "dead_command",
    command: lasting(command),
    error: clean(error),
    errors: errors.map((one) => ({ ...one, error: clean(one.error) })),
    attempts: attemptsOf(errors),
    diedAt: now(),
  };
  await sendDead(dead).catch(() => deadLetters.keep(letterOf(dead)));
}
