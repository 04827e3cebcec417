import * as z from "zod/mini";
import type { Lease } from "../sandbox/lease.ts";

const rowSchema = z.object({
  id: z.string(),
  repository: z.string(),
  branch: z.string(),
  head_before: z.nullable(z.string()),
  models: z.pipe(
    z.string(),
    z.transform((models) => models.split(",")),
  ),
  expires_at: z.number(),
  closed_at: z.nullable(z.number()),
});

/** What each run's container may reach, in D1 `leases`. */
export function createLeases(db: D1Database) {
  return {
    /** Opens one lease per command: a repeated call answers with the first one's id. */
    async open(
      commandId: string,
      { repository, branch, headBefore, models, expiresAt }: Omit<Lease, "id" | "closedAt">,
    ): Promise<string> {
      const [, found] = await db.batch([
        db
          .prepare(
            `INSERT INTO leases (id, command_id, repository, branch, head_before, models, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (command_id) DO NOTHING`,
          )
          .bind(crypto.randomUUID(), commandId, repository, branch, headBefore, models.join(","), expiresAt),
        db.prepare("SELECT * FROM leases WHERE command_id = ?").bind(commandId),
      ]);
      return rowSchema.parse(found?.results[0]).id;
    },

    async find(id: string): Promise<Lease | undefined> {
      const row = await db.prepare("SELECT * FROM leases WHERE id = ?").bind(id).first();
      if (row === null) return undefined;
      return toLease(row);
    },

    async findOf(commandId: string): Promise<Lease | undefined> {
      const row = await db.prepare("SELECT * FROM leases WHERE command_id = ?").bind(commandId).first();
      return row === null ? undefined : toLease(row);
    },

    async close(commandId: string, nowMs: number): Promise<void> {
      await db
        .prepare("UPDATE leases SET closed_at = ? WHERE command_id = ? AND closed_at IS NULL")
        .bind(nowMs, commandId)
        .run();
    },
  };
}
export type Leases = ReturnType<typeof createLeases>;

function toLease(row: unknown): Lease {
  const { expires_at: expiresAt, closed_at: closedAt, head_before: headBefore, ...lease } = rowSchema.parse(row);
  return { ...lease, headBefore, expiresAt, closedAt };
}
