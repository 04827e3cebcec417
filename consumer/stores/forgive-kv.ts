import { kvTimeoutMs } from "../../shared/limits.ts";

/** What is used of a KV namespace. */
export interface Entries {
  get: (key: string) => Promise<string | null>;
  put: (key: string, value: string, options?: { expirationTtl: number }) => Promise<void>;
}

/**
 * KV that never throws, nor keeps anybody waiting: an entry that it cannot give is none, and one that it does not take is not kept. It
 * only holds what can be found elsewhere.
 */
export function forgiveKv(kv: Entries, timeoutMs = kvTimeoutMs): Entries {
  return {
    get: (key) => inTime(kv.get(key), null),
    put: (key, value, options) => inTime(kv.put(key, value, options), undefined),
  };

  async function inTime<T>(answer: Promise<T>, otherwise: T): Promise<T> {
    const late = Promise.withResolvers<T>();
    const timer = setTimeout(() => late.resolve(otherwise), timeoutMs);
    try {
      return await Promise.race([answer, late.promise]);
    } catch {
      return otherwise;
    } finally {
      clearTimeout(timer);
    }
  }
}
