import { AsyncLocalStorage } from "node:async_hooks";
import { Failure } from "../shared/failure.ts";

const underWay = new AsyncLocalStorage<AbortSignal>();

/**
 * One attempt of an effect, which may take `timeoutMs`. An engine gives up an attempt that takes longer, and leaves its code running beside
 * the next one: here the calls it has open are ended, and it makes no further ones, for every client asks `callSignal` or `stillWanted`
 * first. Throws `Failure` when the time is up.
 */
export async function attemptFor<T>(timeoutMs: number, run: () => Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const failure = new Failure("attempt_too_long", { reply: "A part of this took too long.", retry: true });
    over.abort(failure);
    late.reject(failure);
  }, timeoutMs);
  try {
    return await Promise.race([underWay.run(over.signal, run), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** For one call, which may take `timeoutMs` and no longer than the attempt that makes it. */
export function callSignal(timeoutMs: number): AbortSignal {
  const attempt = underWay.getStore();
  const inTime = AbortSignal.timeout(timeoutMs);
  return attempt ? AbortSignal.any([attempt, inTime]) : inTime;
}

/** For what takes no signal. Throws where the attempt that would do it is over. */
export function stillWanted(): void {
  underWay.getStore()?.throwIfAborted();
}
