import { leaseGraceMs, watchdogMarginMs } from "../../shared/limits.ts";
import type { Settings } from "../../shared/settings.ts";
import type { CommandTimes } from "../stores/unended.ts";

/** Until when a command may take, in ms since the epoch: then the watchdog ends it. */
export function deadlineOf(
  { startedAt, leaseExpiresAt, approvalEndsAt }: CommandTimes,
  { BUGBOT_MAX_MINUTES }: Pick<Settings, "BUGBOT_MAX_MINUTES">,
): number {
  const run = Math.max(startedAt, approvalEndsAt ?? 0) + BUGBOT_MAX_MINUTES * 60_000 + leaseGraceMs;
  return Math.max(run, leaseExpiresAt ?? 0) + watchdogMarginMs;
}
