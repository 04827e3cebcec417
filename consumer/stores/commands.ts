import type { Command } from "../../shared/command.ts";
import { conversationId } from "../../shared/conversation.ts";
import type { Ending } from "../ending.ts";

/** Commands and how they ended, in D1 `commands`. Every write may be repeated. */
export function createCommands(db: D1Database) {
  return {
    async admit({ id, name, text, conversation, author, receivedAt }: Command, nowMs: number): Promise<void> {
      await db
        .prepare(
          `INSERT INTO commands (id, name, text, conversation_id, author_id, received_at, started_at)
           VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
        )
        .bind(id, name, text, conversationId(conversation), author.id, receivedAt, nowMs)
        .run();
    },

    async settle(id: string, { outcome, reply, pullRequestUrl, usage }: Ending, nowMs: number): Promise<void> {
      await db
        .prepare(
          `UPDATE commands SET outcome = ?, reply = ?, pull_request_url = ?, cost_usd = ?, settled_at = ?
           WHERE id = ? AND outcome IS NULL`,
        )
        .bind(outcome, reply, pullRequestUrl ?? null, usage?.costUsd ?? null, nowMs, id)
        .run();
    },

    /** A conversation's last commands, newest first. */
    async recent(conversation: string, limit: number): Promise<unknown[]> {
      const { results } = await db
        .prepare(
          "SELECT name, text, outcome, started_at FROM commands WHERE conversation_id = ? ORDER BY received_at DESC LIMIT ?",
        )
        .bind(conversation, limit)
        .all();
      return results;
    },
  };
}
export type Commands = ReturnType<typeof createCommands>;
