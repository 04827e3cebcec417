import { floodLimits } from "./limits.ts";
import { utcClock } from "./utc-clock.ts";

/** What somebody reads who sent more than a person does. */
export function floodWords(untilMs: number): string {
  return `That is more than ${floodLimits.commands} commands within a minute: what comes above that is dropped. Try again in a minute (${utcClock(untilMs)}).`;
}
