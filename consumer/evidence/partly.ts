import { Failure } from "../../shared/failure.ts";

/** Several questions to one source, of which some may fail: what it did answer is worth having. */
export function createPartly() {
  const failures = new Map<string, Failure>();
  let answered = false;
  return {
    /** The answer, or `otherwise` where the source refuses it; `what` is named to people then. */
    async ask<T>(what: string, answer: Promise<T>, otherwise: T): Promise<T> {
      try {
        const found = await answer;
        answered = true;
        return found;
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failures.set(what, error);
        return otherwise;
      }
    },
    failed: (what: string): boolean => failures.has(what),
    /** What is missing and why. Throws when nothing was answered at all. */
    missing(): string[] {
      const [first] = failures.values();
      if (first && !answered) throw first;
      return [...failures].map(([what, { reply }]) => `${what} (${reply.replace(/\.$/, "")})`);
    },
  };
}
