import { dayMs, maxIdentifiesPerDay, type Timing } from "./mention-limits.ts";

const hourMs = 60 * 60_000;

/** Those of the last 24 hours. */
export function ofToday(identifies: readonly number[], now: number): number[] {
  return identifies.filter((at) => at > now - dayMs);
}

/** How long the next IDENTIFY must wait: the more there were in the last hour the longer, and no more than 200 in any 24 hours. */
export function identifyWaitMs(identifies: readonly number[], now: number, timing: Timing): number {
  const today = ofToday(identifies, now);
  const last = today.at(-1);
  if (last === undefined) return 0;
  const lately = today.filter((at) => at > now - hourMs).length;
  const gapMs = lately === 0 ? 0 : Math.min(timing.identifyGapMs * 2 ** (lately - 1), timing.maxIdentifyGapMs);
  const freedAt = today.length < maxIdentifiesPerDay ? now : (today.at(-maxIdentifiesPerDay) ?? last) + dayMs;
  return Math.max(0, last + gapMs - now, freedAt - now);
}
