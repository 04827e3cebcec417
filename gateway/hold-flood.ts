import type { Command } from "../shared/command.ts";
import { isOperator } from "../shared/is-operator.ts";
import { floodTimeoutMs } from "../shared/limits.ts";
import { personOf } from "./person-of.ts";

export interface HoldFloodNeeds {
  limiter: RateLimit;
  operators: readonly string[];
}

/** Whether somebody sends more than a person does. A stop is always heard. */
export function createHoldFlood({ limiter, operators }: HoldFloodNeeds) {
  return async (command: Command): Promise<boolean> => {
    if (command.name === "stop" || isOperator(command.author.id, operators)) return false;
    return !(await hasRoom(limiter, personOf(command)));
  };
}

/** Whether the limit still has room. What cannot be counted, or not at once, has. */
export async function hasRoom(limiter: RateLimit, key: string): Promise<boolean> {
  const late = Promise.withResolvers<{ success: boolean }>();
  const timer = setTimeout(() => late.resolve({ success: true }), floodTimeoutMs);
  try {
    return (await Promise.race([limiter.limit({ key }), late.promise])).success;
  } catch {
    return true;
  } finally {
    clearTimeout(timer);
  }
}
