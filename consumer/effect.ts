import { Failure } from "../shared/failure.ts";
import { effectAttempts } from "../shared/limits.ts";
import { describeError, type Log } from "../shared/log.ts";
import { inMinutes } from "./in-minutes.ts";
import type { StepError } from "./endings/dead-letter.ts";
import { bugReply } from "./endings/ending.ts";

export interface EffectOptions {
  /** The first included. */
  attempts?: number;
  /** How long one attempt may take. */
  timeoutMs?: number;
}

/**
 * One outside effect as one recorded Workflow step, tried again after a wait that grows, or that the other side asked for.
 * `again` is true when an earlier attempt may have had its effect already. `name` is unique in a command and stable
 * between versions: Workflows find recorded steps by it. Throws `Failure`.
 */
export type Effect = <T extends Rpc.Serializable<T>>(
  name: string,
  run: (again: boolean) => Promise<T>,
  options?: EffectOptions,
) => Promise<T>;

/** What is used of a Workflow's `step`. */
export interface Steps {
  do: <T extends Rpc.Serializable<T>>(
    name: string,
    config: { retries: typeof engineRetries; timeout: number },
    run: (context: { attempt: number }) => Promise<T>,
  ) => Promise<T>;
  sleep: (name: string, ms: number) => Promise<void>;
}

interface Failed {
  code: string;
  reply: string;
  retry: boolean;
  retryAfterMs: number | null;
  /** The other side asks for a longer wait than the command may still take. */
  isTooLong?: boolean;
  /** What was thrown, for operators. */
  error: string;
  at: number;
}

/** What the engine does by itself when it lost an attempt: a crash between an effect and its record, or a time-out. */
const engineRetries = { limit: 2, delay: 1000, backoff: "exponential" } as const;

/** What of a command's time must be left after a wait: for what it has still to do, and for its last word. */
const restMs = 2 * 60_000;

export interface EffectNeeds {
  log: Log;
  /** Until when the command may take, in ms since the epoch. */
  deadline: () => Promise<number>;
  /** Takes note of every failed attempt, also those that a later one made up for. */
  errors?: StepError[];
  random?: () => number;
}

export function createEffect(
  step: Steps,
  commandId: string,
  { log, deadline, errors = [], random = Math.random }: EffectNeeds,
): Effect {
  return async <T extends Rpc.Serializable<T>>(
    name: string,
    run: (again: boolean) => Promise<T>,
    { attempts = effectAttempts, timeoutMs = 60_000 }: EffectOptions = {},
  ): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      const stepName = attempt === 1 ? name : `${name} (attempt ${attempt})`;
      const recorded: { value: T } | { failed: Failed } = await step
        .do(stepName, { retries: engineRetries, timeout: timeoutMs }, async (context) => {
          try {
            return { value: await run(attempt > 1 || context.attempt > 1) };
          } catch (error) {
            log("effect_failed", { commandId, effect: name, attempt, ...describeError(error) });
            const at = Date.now();
            const described = { ...describeFailure(error, commandId), error: describeError(error).error, at };
            const { retry, retryAfterMs } = described;
            if (!retry || retryAfterMs === null || at + retryAfterMs + restMs < (await deadline()))
              return { failed: described };
            const reply = `${described.reply} Try again ${inMinutes(at + retryAfterMs, at)}.`;
            return { failed: { ...described, reply, isTooLong: true } };
          }
        })
        .catch((error: unknown) => {
          // The engine's own: each of its attempts took too long, or was lost.
          log("effect_lost", { commandId, effect: name, attempt, ...describeError(error) });
          errors.push({ step: name, attempt, error: describeError(error).error, at: Date.now() });
          throw error;
        });
      if ("value" in recorded) return recorded.value;
      const { code, reply, retry, retryAfterMs, isTooLong, error, at } = recorded.failed;
      errors.push({ step: name, attempt, error, at });
      if (!retry || isTooLong || attempt >= attempts) throw new Failure(code, { reply, retry });
      await step.sleep(`${name} (wait ${attempt})`, retryAfterMs ?? backoffMs(attempt, random()));
    }
  };
}

/** A step's record keeps plain values only. Anything but a `Failure` is a bug, which trying again may survive. */
function describeFailure(error: unknown, commandId: string): Omit<Failed, "error" | "at"> {
  if (error instanceof Failure) {
    return { code: error.code, reply: error.reply, retry: error.retry, retryAfterMs: error.retryAfterMs ?? null };
  }
  return { code: "bug", reply: bugReply(commandId), retry: true, retryAfterMs: null };
}

/** 1 s, 2 s, 4 s … at most a minute, each between half and one and a half of that. */
export function backoffMs(attempt: number, random: number): number {
  return Math.round(Math.min(60_000, 1000 * 2 ** (attempt - 1)) * (0.5 + random));
}
