import type { Command } from "../shared/command.ts";
import { isOperator } from "../shared/is-operator.ts";
import { floodTimeoutMs } from "../shared/limits.ts";

export interface HoldFloodNeeds {
  limiter: RateLimit;
  operators: readonly string[];
}

/** Whether somebody sends more than a person does. What cannot be counted, or not at once, passes, and a stop is always heard. */
export function createHoldFlood({ limiter, operators }: HoldFloodNeeds) {
  return async ({ name, conversation, author }: Command): Promise<boolean> => {
    if (name === "stop" || isOperator(author.id, operators)) return false;
    const workspace = conversation.platform === "slack" ? conversation.teamId : conversation.guildId;
    const late = Promise.withResolvers<{ success: boolean }>();
    const timer = setTimeout(() => late.resolve({ success: true }), floodTimeoutMs);
    try {
      const counted = limiter.limit({ key: `${conversation.platform}:${workspace}:${author.id}` });
      const { success } = await Promise.race([counted, late.promise]);
      return !success;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
    }
  };
}
