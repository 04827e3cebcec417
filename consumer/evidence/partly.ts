import { Failure } from "../../shared/failure.ts";
import type { Gap } from "./evidence.ts";
import { type TimeLimit, unlessAborted } from "./time-limit.ts";

/** Several questions to one source, of which some may fail or stay open beyond their time: what it did answer is worth having. */
export function createPartly({ early, late }: TimeLimit) {
  const failures = new Map<string, Failure>();
  let answered = false;
  return {
    /** The answer, or `otherwise` where there is none; `what` is named to people then. */
    ask: <T, U = T>(what: string, answer: Promise<T>, otherwise: U): Promise<T | U> =>
      ask(what, answer, otherwise, late),
    /** The same for an answer that others wait for. */
    askFirst: <T, U = T>(what: string, answer: Promise<T>, otherwise: U): Promise<T | U> =>
      ask(what, answer, otherwise, early),
    /** Why it was not answered; undefined where it was. */
    failure: (what: string): Failure | undefined => failures.get(what),
    /** What is missing and why. Throws when nothing was answered at all. */
    gaps(): Gap[] {
      const [first] = failures.values();
      if (first && !answered) throw first;
      return [...failures].map(([what, failure]) => ({
        what,
        why: whyOf(failure),
        ...(failure.retry && failure.retryAfterMs !== undefined && { retryAfterMs: failure.retryAfterMs }),
      }));
    },
  };

  async function ask<T, U>(what: string, answer: Promise<T>, otherwise: U, signal: AbortSignal): Promise<T | U> {
    try {
      const found = await unlessAborted(answer, signal);
      answered = true;
      return found;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failures.set(what, error);
      return otherwise;
    }
  }
}

/** In a few words for the card. */
export function whyOf({ reply, retryAfterMs }: Failure): string {
  return retryAfterMs === undefined ? reply.replace(/\.$/, "") : `asked to wait ${Math.ceil(retryAfterMs / 1000)} s`;
}
