import * as z from "zod/mini";

const hourMs = 60 * 60_000;
const rowSchema = z.object({ number: z.number(), hour_started_at: z.number() });

/** What an automated command is about: one issue, where it is known, and one thread. */
export interface AutomatedCommand {
  commandId: string;
  conversationId: string;
  /** The Linear issue's identifier. */
  issue: string | undefined;
}

/** Commands of other bots, in D1 `automated_commands`. Every write may be repeated. */
export function createAutomation(db: D1Database) {
  return {
    /** Counts one command among those about the same thread or issue. `number` is 1 for the first of its hour, which then begins. */
    async count({ commandId, conversationId, issue }: AutomatedCommand, nowMs: number) {
      const [, counted] = await db.batch([
        db
          .prepare(
            `INSERT INTO automated_commands (command_id, conversation_id, issue_identifier, hour_started_at)
             SELECT ?1, ?2, ?3, coalesce(max(hour_started_at), ?4) FROM automated_commands
             WHERE (conversation_id = ?2 OR issue_identifier = ?3) AND hour_started_at > ?4 - ${hourMs}
             ON CONFLICT (command_id) DO NOTHING`,
          )
          .bind(commandId, conversationId, issue ?? null, nowMs),
        db
          .prepare(
            `SELECT count(*) AS number, mine.hour_started_at FROM automated_commands AS mine
             JOIN automated_commands AS other ON other.rowid <= mine.rowid AND other.hour_started_at >= mine.hour_started_at
               AND (other.conversation_id = mine.conversation_id OR other.issue_identifier = mine.issue_identifier)
             WHERE mine.command_id = ?`,
          )
          .bind(commandId),
      ]);
      const { number, hour_started_at: hourStartedAt } = rowSchema.parse(counted?.results[0]);
      return { number, hourEndsAt: hourStartedAt + hourMs };
    },

    /** The issue that a thread, or its Linear issue's id, is known to be about. */
    async issueOf(conversationId: string, issueId: string | null): Promise<string | undefined> {
      const row = await db
        .prepare(
          `SELECT issue_identifier FROM conversations WHERE issue_identifier IS NOT NULL AND (id = ?1 OR issue_id = ?2)
           ORDER BY id = ?1 DESC LIMIT 1`,
        )
        .bind(conversationId, issueId)
        .first<string>("issue_identifier");
      return row ?? undefined;
    },
  };
}
export type Automation = ReturnType<typeof createAutomation>;
