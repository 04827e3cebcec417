import { Failure } from "../../shared/failure.ts";

/** How long a source's questions may stay open. The reason of both is a `Failure`. */
export interface TimeLimit {
  /** Ends those whose answers others wait for: there must be time for these, too. */
  early: AbortSignal;
  /** Ends all. */
  late: AbortSignal;
}

const earlyShare = 0.6;
/** How long a source may take to hand over what it has when its time is up. */
const graceMs = 250;

/** What `work` gives within `ms`; work that does not heed its limit is left behind. Throws `Failure` when it is late. */
export async function inTime<T>(ms: number, work: (limit: TimeLimit) => Promise<T>): Promise<T> {
  const [early, late, last] = [new AbortController(), new AbortController(), new AbortController()];
  const timers = [
    setTimeout(() => early.abort(tooLate(ms * earlyShare)), ms * earlyShare),
    setTimeout(() => late.abort(tooLate(ms)), ms),
    setTimeout(() => last.abort(tooLate(ms)), ms + graceMs),
  ];
  try {
    return await unlessAborted(work({ early: early.signal, late: late.signal }), last.signal);
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

export function tooLate(ms: number): Failure {
  return new Failure("source_too_late", { reply: `no answer within ${ms / 1000} s`, retry: true });
}

/** Rejects with the signal's reason where that comes first. */
export async function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
