import * as z from "zod/mini";
import { parseJson } from "../../shared/parse-json.ts";
import { readStored } from "./stored-command.ts";

const timesSchema = z.object({
  started_at: z.number(),
  lease_expires_at: z.nullable(z.number()),
  approval_ends_at: z.nullable(z.number()),
});
const timesOf = (row: z.infer<typeof timesSchema>): CommandTimes => ({
  startedAt: row.started_at,
  leaseExpiresAt: row.lease_expires_at ?? undefined,
  approvalEndsAt: row.approval_ends_at ?? undefined,
});
export interface CommandTimes {
  startedAt: number;
  leaseExpiresAt?: number | undefined;
  approvalEndsAt?: number | undefined;
}

const unendedSchema = z.pipe(
  z.extend(timesSchema, { id: z.string(), name: z.string(), conversation_id: z.string(), body: z.string() }),
  z.transform((row) => ({
    ...timesOf(row),
    id: row.id,
    name: row.name,
    conversationId: row.conversation_id,
    body: row.body,
    stored: readStored(parseJson(row.body)),
  })),
);
export type Unended = z.infer<typeof unendedSchema>;

const rows = `SELECT commands.id, name, commands.conversation_id, body, started_at, leases.expires_at AS lease_expires_at,
  coalesce(approvals.decided_at, approvals.expires_at) AS approval_ends_at FROM commands
  LEFT JOIN leases ON leases.command_id = commands.id LEFT JOIN approvals ON approvals.command_id = commands.id`;

/** What commands that never came to their end have left in D1. Every write may be repeated. */
export function createUnended(db: D1Database) {
  return {
    /**
     * Takes commands without an outcome that began before `beforeMs`: those first that were taken longest ago, and what waits for an
     * approval no sooner than after `waitingMs`.
     */
    async take(limit: number, beforeMs: number, waitingMs: number, nowMs: number): Promise<Unended[]> {
      const { results } = await db
        .prepare(
          `${rows} WHERE outcome IS NULL AND body IS NOT NULL AND started_at <= ?1
           AND (watched_at IS NULL OR watched_at <= ?2 OR NOT coalesce(approvals.decision IS NULL AND approvals.expires_at > ?3, 0))
           ORDER BY coalesce(watched_at, 0), started_at LIMIT ?4`,
        )
        .bind(beforeMs, nowMs - waitingMs, nowMs, limit)
        .all();
      const found = z.array(unendedSchema).parse(results);
      await watched(db, found, nowMs);
      return found;
    },

    /** What says until when each command without an outcome may take: those that began first, and no more than `limit`. */
    async allTimes(limit: number): Promise<CommandTimes[]> {
      const { results } = await db
        .prepare(`${rows} WHERE outcome IS NULL ORDER BY started_at LIMIT ?`)
        .bind(limit)
        .all();
      return z.array(timesSchema).parse(results).map(timesOf);
    },

    /** What says until when a command may take; undefined where it is not known. */
    async timesOf(commandId: string): Promise<CommandTimes | undefined> {
      const row = await db.prepare(`${rows} WHERE commands.id = ?`).bind(commandId).first();
      return row === null ? undefined : timesOf(timesSchema.parse(row));
    },

    /** Ends one whose place nobody can read: its word can never be said. False when it has ended. */
    async close(commandId: string, outcome: "failed" | "timed_out", reason: string, nowMs: number): Promise<boolean> {
      const { meta } = await db
        .prepare(
          `UPDATE commands SET outcome = ?2, ended_by = 'watchdog', settled_at = ?4, last_word_error = ?3, address = NULL
           WHERE id = ?1 AND outcome IS NULL`,
        )
        .bind(commandId, outcome, reason, nowMs)
        .run();
      return meta.changes > 0;
    },

    /** Frees conversations and closes leases that commands hold which have ended, or are not known. Returns how many of each. */
    async release(nowMs: number): Promise<{ claims: number; leases: number }> {
      const [claims, leases] = await db.batch([
        db.prepare(
          `UPDATE conversations SET running_command_id = NULL WHERE running_command_id IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM commands WHERE id = running_command_id AND outcome IS NULL)`,
        ),
        db
          .prepare(
            `UPDATE leases SET closed_at = ? WHERE closed_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM commands WHERE id = command_id AND outcome IS NULL)`,
          )
          .bind(nowMs),
      ]);
      return { claims: claims?.meta.changes ?? 0, leases: leases?.meta.changes ?? 0 };
    },
  };
}
export type UnendedCommands = ReturnType<typeof createUnended>;

/** Notes that they were looked after, before they are: one that cannot be looked after does not stay first. */
export async function watched(db: D1Database, found: readonly { id: string }[], nowMs: number): Promise<void> {
  await db
    .prepare("UPDATE commands SET watched_at = ? WHERE id IN (SELECT value FROM json_each(?))")
    .bind(nowMs, JSON.stringify(found.map(({ id }) => id)))
    .run();
}
