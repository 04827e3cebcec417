import * as z from "zod/mini";
import { commandSchema } from "../../shared/command.ts";

/** One failed attempt of one step. `at` is in ms since the epoch. */
export const stepErrorSchema = z.object({ step: z.string(), attempt: z.number(), error: z.string(), at: z.number() });
export type StepError = z.infer<typeof stepErrorSchema>;

/** What a Workflow or the watchdog puts on `bugbot-commands-dlq`; the queue itself puts the bare command there. */
export const deadCommandSchema = z.object({
  v: z.literal(1),
  kind: z.literal("dead_command"),
  command: commandSchema,
  error: z.string(),
  errors: z.array(stepErrorSchema),
  attempts: z.number(),
  diedAt: z.number(),
});
export type DeadCommand = z.infer<typeof deadCommandSchema>;

/** An error of a vendor can quote a whole page. */
export const maxErrorLength = 2_000;

/** How often the step that failed last was tried. */
export function attemptsOf(errors: readonly StepError[]): number {
  const last = errors.at(-1);
  return last === undefined ? 1 : errors.filter(({ step }) => step === last.step).length;
}
