import * as z from "zod/mini";
import type { Lease, LeaseTerms } from "../sandbox/lease.ts";
import { createPushes } from "./pushes.ts";
import type { Payer } from "./spending.ts";

const rowSchema = z.object({
  id: z.string(),
  command_id: z.string(),
  repository: z.string(),
  branch: z.string(),
  head_before: z.nullable(z.string()),
  models: z.pipe(
    z.string(),
    z.transform((models) => models.split(",")),
  ),
  expires_at: z.number(),
  max_micro_usd: z.number(),
  closed_at: z.nullable(z.number()),
});

/** What each run's container may reach, in D1 `leases`, and what it has pushed. */
export function createLeases(db: D1Database) {
  return {
    ...createPushes(db),

    /** Opens one lease per command: a repeated call answers with the first one's id. */
    async open(
      commandId: string,
      { repository, branch, headBefore, models, expiresAt, maxUsd }: LeaseTerms,
      { workspace, author }: Payer,
      nowMs: number,
    ): Promise<string> {
      const [, found] = await db.batch([
        db
          .prepare(
            `INSERT INTO leases (id, command_id, repository, branch, head_before, models, expires_at, max_micro_usd, workspace, author, opened_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (command_id) DO NOTHING`,
          )
          .bind(
            crypto.randomUUID(),
            commandId,
            repository,
            branch,
            headBefore,
            models.join(","),
            expiresAt,
            Math.ceil(maxUsd * 1e6),
            workspace,
            author,
            nowMs,
          ),
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

    /** For a run that starts over; what is closed stays closed. */
    async renew(commandId: string, expiresAt: number): Promise<void> {
      await db
        .prepare("UPDATE leases SET expires_at = ? WHERE command_id = ? AND closed_at IS NULL")
        .bind(expiresAt, commandId)
        .run();
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
  const { id, command_id: commandId, repository, branch, models, ...rest } = rowSchema.parse(row);
  return {
    id,
    commandId,
    repository,
    branch,
    headBefore: rest.head_before,
    models,
    expiresAt: rest.expires_at,
    maxUsd: rest.max_micro_usd / 1e6,
    closedAt: rest.closed_at,
  };
}
