import type { Command } from "../shared/command.ts";
import { floodLimits } from "../shared/limits.ts";
import { personOf } from "./person-of.ts";

/**
 * Tells somebody who was held, where they read no HTTP answer, by a command that the consumer refuses: one for a person and a minute, for
 * all of them have one id. Whom this isolate told it remembers, which only spares the queue.
 */
export function createRefuseFlood(enqueue: (command: Command) => Promise<unknown>) {
  let told = { minute: 0, people: new Set<string>() };

  return async (held: Command, nowMs: number): Promise<void> => {
    const who = personOf(held);
    const minute = Math.floor(nowMs / floodLimits.periodMs);
    if (told.minute !== minute) told = { minute, people: new Set() };
    const { people } = told;
    if (people.has(who)) return;
    people.add(who);
    try {
      const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${who} ${minute}`));
      const id = `flood-${Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
      await enqueue({ ...held, id, heldUntil: nowMs + floodLimits.periodMs });
    } catch (error) {
      people.delete(who);
      throw error;
    }
  };
}
