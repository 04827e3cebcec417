import { refusalsPeriodMs } from "../shared/limits.ts";
import type { Log } from "../shared/log.ts";

export interface Refusal {
  status: number;
  reason: string;
}

/** So many kinds are counted at once: a reason may quote what was sent. */
const maxKinds = 100;

/**
 * Says in the log how many requests were turned away, and why: the first of a kind at once, those after it together, a line in a minute
 * (`count` is how many came since the last, if another comes). Nothing else is left of them, and strangers cannot fill the log.
 */
export function createCountRefusals({ log, now }: { log: Log; now: () => number }) {
  const kinds = new Map<string, { saidAt: number; unsaid: number }>();

  return ({ status, reason }: Refusal): void => {
    const kind = `${status} ${reason}`;
    const known = kinds.get(kind) ?? { saidAt: Number.NEGATIVE_INFINITY, unsaid: 0 };
    known.unsaid += 1;
    if (now() >= known.saidAt + refusalsPeriodMs) {
      log("request_refused", { status, reason, count: known.unsaid });
      Object.assign(known, { saidAt: now(), unsaid: 0 });
    }
    if (kinds.size >= maxKinds && !kinds.has(kind)) kinds.clear();
    kinds.set(kind, known);
  };
}
