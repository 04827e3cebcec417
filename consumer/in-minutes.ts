import { utcClock } from "../shared/utc-clock.ts";

/** As in "in 12 minutes (14:05 UTC)". Never too early: minutes are rounded up. */
export function inMinutes(untilMs: number, nowMs: number): string {
  const atMs = Math.max(untilMs, nowMs + 60_000);
  const minutes = Math.ceil((atMs - nowMs) / 60_000);
  return `in ${minutes} ${minutes === 1 ? "minute" : "minutes"} (${utcClock(atMs)})`;
}
