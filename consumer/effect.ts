import { Failure } from "../shared/failure.ts";
import { approvalEvent, attemptGraceMs, briefWaitMs, effectAttempts, toldWaitMs } from "../shared/limits.ts";
import { describeError, type Log } from "../shared/log.ts";
import { attemptFor } from "./attempt.ts";
import type { Steps } from "./engine.ts";
import { inMinutes } from "./in-minutes.ts";
import type { StepError } from "./endings/dead-letter.ts";

export interface EffectOptions {
  /** How often at most, the first included. Unset: three times, and then for as long as a vendor may be away. */
  attempts?: number;
  /** How long one attempt may take. */
  timeoutMs?: number;
  /** For how long it is tried, where that is longer than the command may take. */
  forMs?: number;
  /** It is given up rather than waited for any longer. */
  maxWaitMs?: number;
  /** Whether it is given up where somebody asks the command to stop. */
  isStoppable?: boolean;
  /** Hears of a wait that a person notices, and that it is over. */
  onWait?: ((wait: Wait) => void) | undefined;
}

/** What an effect waits for, in the words of the failure; undefined: for nothing any more. */
export interface Wait {
  effect: string;
  reply: string | undefined;
}

/** For an effect that its caller can do without. */
export const briefly: EffectOptions = { attempts: effectAttempts, maxWaitMs: briefWaitMs };
/** For one that is not worth waiting for once somebody has asked to stop. */
export const untilStopped: EffectOptions = { isStoppable: true };

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

/** How an attempt failed and what follows. It is all that a replay knows, and decides by. */
interface Failed {
  code: string;
  reply: string;
  retry: boolean;
  /** What was thrown, for operators. */
  error: string;
  at: number;
  /** How long it waits for the next attempt; null: there is none. Absent in what earlier versions recorded. */
  waitMs?: number | null;
  /** In the place of `waitMs` in what earlier versions recorded. */
  retryAfterMs?: number | null;
  isTooLong?: boolean;
}

/** What the engine does by itself when it lost an attempt: a crash between an effect and its record. */
const engineRetries = { limit: 2, delay: 1000, backoff: "exponential" } as const;

/** What of a command's time must be left after a wait: for what it has still to do, and for its last word. */
const restMs = 2 * 60_000;

export interface EffectNeeds {
  log: Log;
  /** Until when the command may take, in ms since the epoch. */
  deadline: () => Promise<number>;
  /** How long a vendor that is away is waited for. */
  patienceMs: number;
  /** Whether somebody asked the command to stop. */
  isStopped: () => Promise<boolean>;
  /** Takes note of every failed attempt, also those that a later one made up for. */
  errors?: StepError[];
  random?: () => number;
  now?: () => number;
}

export function createEffect(step: Steps, commandId: string, needs: EffectNeeds): Effect {
  const { log, errors = [] } = needs;
  return async <T extends Rpc.Serializable<T>>(
    name: string,
    run: (again: boolean) => Promise<T>,
    options: EffectOptions = {},
  ): Promise<T> => {
    const { timeoutMs = 60_000, isStoppable = false, onWait } = options;
    // An attempt ends by itself; the engine's own limit is for one that was lost.
    const config = { retries: engineRetries, timeout: timeoutMs + attemptGraceMs };
    let isTold = false;
    let firstAt: number | undefined;
    for (let attempt = 1; ; attempt++) {
      const stepName = attempt === 1 ? name : `${name} (attempt ${attempt})`;
      const since = firstAt;
      const recorded: { value: T } | { failed: Failed } = await step
        .do(stepName, config, async (context) => {
          try {
            if (isStoppable && attempt > 1 && (await isStopped(needs))) throw stopped();
            return { value: await attemptFor(timeoutMs, () => run(attempt > 1 || context.attempt > 1)) };
          } catch (error) {
            log("effect_failed", { commandId, effect: name, attempt, ...describeError(error) });
            return { failed: await judge(error, { attempt, since, options }, commandId, needs) };
          }
        })
        .catch((error: unknown) => {
          // The engine's own: each of its attempts was lost.
          log("effect_lost", { commandId, effect: name, attempt, ...describeError(error) });
          errors.push({ step: name, attempt, error: describeError(error).error, at: Date.now() });
          throw error;
        });
      const waitMs = "failed" in recorded ? waitOf(recorded.failed, attempt, options) : null;
      if (waitMs === null && isTold) onWait?.({ effect: name, reply: undefined });
      if ("value" in recorded) return recorded.value;
      const { code, reply, retry, error, at } = recorded.failed;
      errors.push({ step: name, attempt, error, at });
      firstAt ??= at;
      if (waitMs === null) throw new Failure(code, { reply, retry });
      if (waitMs >= toldWaitMs && !isTold) {
        isTold = true;
        onWait?.({ effect: name, reply });
      }
      const wait = `${name} (wait ${attempt})`;
      // A stop wakes what it can end.
      if (isStoppable) await unlessWoken(step, wait, waitMs);
      else await step.sleep(wait, waitMs);
    }
  };
}

/** An event that does not come is an error of the engine's. */
async function unlessWoken(step: Steps, name: string, ms: number): Promise<void> {
  await step.waitForEvent(name, { type: approvalEvent, timeout: Math.max(1_000, ms) }).catch(() => undefined);
}

function stopped(): Failure {
  return new Failure("stopped", { reply: "Stopped.", retry: false });
}

interface Attempted {
  attempt: number;
  /** When the first attempt failed; undefined: this is the first. */
  since: number | undefined;
  options: EffectOptions;
}

/** What a failed attempt says, and whether another one follows: decided once, in the attempt's own step. */
async function judge(error: unknown, attempted: Attempted, commandId: string, needs: EffectNeeds): Promise<Failed> {
  const { attempts, forMs, maxWaitMs = Infinity, isStoppable = false } = attempted.options;
  const { attempt, since } = attempted;
  const { now = Date.now, random = Math.random } = needs;
  const at = now();
  const failure = error instanceof Failure ? error : undefined;
  const failed: Failed = {
    code: failure?.code ?? "bug",
    reply: failure?.reply ?? bugReply(commandId),
    // Anything but a `Failure` is a bug, which trying again may survive.
    retry: failure?.retry ?? true,
    error: describeError(error).error,
    at,
    waitMs: null,
  };
  if (!failed.retry) return failed;
  const asked = failure?.retryAfterMs;
  const waitMs = asked ?? backoffMs(attempt, random(), forMs);
  if (waitMs > maxWaitMs) return failed;
  const until = at + waitMs;
  const isLong = asked !== undefined || until > (since ?? at) + restMs;
  if (forMs === undefined && isLong && until + restMs >= (await needs.deadline())) {
    return asked === undefined ? failed : { ...failed, reply: `${failed.reply} Try again ${inMinutes(until, at)}.` };
  }
  // Nobody waits minutes for a bug to go away.
  const patienceMs = failure && attempts === undefined ? (forMs ?? needs.patienceMs) : 0;
  if (attempt >= (attempts ?? effectAttempts) && until > (since ?? at) + patienceMs) {
    const triedMs = at - (since ?? at);
    return triedMs < 60_000 ? failed : { ...failed, reply: `${failed.reply} I tried for ${minutes(triedMs)}.` };
  }
  if (isStoppable && (await isStopped(needs))) {
    const { code, reply, retry } = stopped();
    return { ...failed, code, reply, retry };
  }
  return { ...failed, waitMs };
}

function waitOf({ retry, waitMs, retryAfterMs, isTooLong }: Failed, attempt: number, { attempts }: EffectOptions) {
  if (waitMs !== undefined) return waitMs;
  if (!retry || isTooLong || attempt >= (attempts ?? effectAttempts)) return null;
  return retryAfterMs ?? backoffMs(attempt, 0.5);
}

async function isStopped({ isStopped: ask }: EffectNeeds): Promise<boolean> {
  try {
    return await ask();
  } catch {
    // Whoever cannot be asked has said nothing.
    return false;
  }
}

function minutes(ms: number): string {
  const whole = Math.round(ms / 60_000);
  return whole === 1 ? "a minute" : `${whole} minutes`;
}

/** 1 s, 2 s, 4 s … at most a minute, or a hundredth of what it is tried for, each between half and one and a half of that. */
export function backoffMs(attempt: number, random: number, forMs = 0): number {
  return Math.round(Math.min(Math.max(60_000, forMs / 100), 1000 * 2 ** (attempt - 1)) * (0.5 + random));
}

/** What a person reads of a bug: nothing of it but where the team finds it. */
export function bugReply(commandId: string): string {
  return `Something broke. The team can see it in the logs under \`${commandId}\`.`;
}
