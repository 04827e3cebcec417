import type { Command } from "../shared/command.ts";
import { floodLimits } from "../shared/limits.ts";
import { counted } from "./hold-flood.ts";

/**
 * What somebody who was held reads where they read no HTTP answer: a command that the consumer refuses, one in a minute. The limiter only
 * spares the queue: what it lets pass twice has one id.
 */
export function createRefuseFlood(limiter: RateLimit) {
  return async (held: Command, nowMs: number): Promise<Command | undefined> => {
    const { conversation, author } = held;
    const workspace = conversation.platform === "slack" ? conversation.teamId : conversation.guildId;
    const who = `${conversation.platform}:${workspace}:${author.id}`;
    if (!(await counted(limiter, who))) return undefined;
    const minute = Math.floor(nowMs / floodLimits.periodMs);
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${who} ${minute}`));
    const id = `flood-${Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    return { ...held, id, heldUntil: nowMs + floodLimits.periodMs };
  };
}
