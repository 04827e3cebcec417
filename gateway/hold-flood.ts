import type { Command } from "../shared/command.ts";
import { isOperator } from "../shared/is-operator.ts";

export interface HoldFloodNeeds {
  limiter: RateLimit;
  operators: readonly string[];
}

/** Whether somebody sends more than a person does. What cannot be counted passes, and a stop is always heard. */
export function createHoldFlood({ limiter, operators }: HoldFloodNeeds) {
  return async ({ name, conversation, author }: Command): Promise<boolean> => {
    if (name === "stop" || isOperator(author.id, operators)) return false;
    const workspace = conversation.platform === "slack" ? conversation.teamId : conversation.guildId;
    try {
      const { success } = await limiter.limit({ key: `${conversation.platform}:${workspace}:${author.id}` });
      return !success;
    } catch {
      return false;
    }
  };
}
