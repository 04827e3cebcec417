import * as z from "zod/mini";
import { commandSchema } from "../../shared/command.ts";

const unendedSchema = z.pipe(
  z.object({
    body: z.string(),
    started_at: z.number(),
    expires_at: z.nullable(z.number()),
    approval_expires_at: z.nullable(z.number()),
  }),
  z.transform((row) => ({
    command: commandSchema.parse(JSON.parse(row.body)),
    startedAt: row.started_at,
    leaseExpiresAt: row.expires_at ?? undefined,
    approvalExpiresAt: row.approval_expires_at ?? undefined,
  })),
);
export type Unended = z.infer<typeof unendedSchema>;

/** What commands that never came to their end have left in D1. Every write may be repeated. */
export function createUnended(db: D1Database) {
  return {
    /** Commands without an outcome that began before `beforeMs`, oldest first. */
    async list(beforeMs: number, limit: number): Promise<Unended[]> {
      const { results } = await db
        .prepare(
          `SELECT body, started_at, leases.expires_at, approvals.expires_at AS approval_expires_at FROM commands
           LEFT JOIN leases ON leases.command_id = commands.id LEFT JOIN approvals ON approvals.command_id = commands.id
           WHERE outcome IS NULL AND body IS NOT NULL AND started_at <= ? ORDER BY started_at LIMIT ?`,
        )
        .bind(beforeMs, limit)
        .all();
      return z.array(unendedSchema).parse(results);
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
