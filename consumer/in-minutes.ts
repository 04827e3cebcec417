/** As in "in 12 minutes (14:05 UTC)". Never too early: minutes are rounded up. */
export function inMinutes(untilMs: number, nowMs: number): string {
  const minutes = Math.max(1, Math.ceil((untilMs - nowMs) / 60_000));
  const clock = new Date(nowMs + minutes * 60_000).toISOString().slice(11, 16);
  return `in ${minutes} ${minutes === 1 ? "minute" : "minutes"} (${clock} UTC)`;
}
