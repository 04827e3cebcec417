import { kvTimeoutMs } from "../../shared/limits.ts";
import { stillWanted } from "../attempt.ts";
import { describeError, type Log } from "../../shared/log.ts";

/** What is used of a KV namespace. */
export interface Entries {
  get: (key: string) => Promise<string | null>;
  put: (key: string, value: string, options?: { expirationTtl: number }) => Promise<void>;
}

export interface ForgiveOptions {
  log: Log;
  timeoutMs?: number;
  /** Between two tries of a write: KV takes one in a second for a key, https://developers.cloudflare.com/kv/platform/limits/ */
  waitMs?: number;
}

const writes = 3;

/**
 * KV that never throws, nor keeps anybody waiting for long: an entry that it cannot give is none, and one that it does not take is not kept.
 * It only holds what can be found elsewhere.
 */
export function forgiveKv(kv: Entries, { log, timeoutMs = kvTimeoutMs, waitMs = 1_100 }: ForgiveOptions): Entries {
  return {
    get: (key) => inTime("get", key, () => kv.get(key), null),
    put: (key, value, options) => inTime("put", key, () => tryAgain(() => kv.put(key, value, options)), undefined),
  };

  async function tryAgain(put: () => Promise<void>): Promise<void> {
    for (let left = writes - 1; ; left--) {
      try {
        stillWanted();
        return await put();
      } catch (error) {
        if (left === 0) throw error;
        await scheduler.wait(waitMs);
      }
    }
  }

  async function inTime<T>(operation: string, key: string, ask: () => Promise<T>, otherwise: T): Promise<T> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error(`KV did not answer within ${timeoutMs} ms`)), timeoutMs);
    try {
      return await Promise.race([ask(), late.promise]);
    } catch (error) {
      log("kv_failed", { operation, key, ...describeError(error) });
      return otherwise;
    } finally {
      clearTimeout(timer);
    }
  }
}
