import * as z from "zod/mini";

const admissionSchema = z.object({ admitted: z.number(), under_way: z.number(), max_micro_usd: z.number() });
const billSchema = z.pipe(
  z.object({
    models: z.string(),
    spent_micro_usd: z.number(),
    cut_off_at: z.nullable(z.number()),
    opened_at: z.number(),
    under_way: z.number(),
  }),
  z.transform((row) => ({
    model: row.models.split(",")[0] ?? "",
    costUsd: row.spent_micro_usd / 1e6,
    cutOff: row.cut_off_at !== null,
    openedAt: row.opened_at,
    underWay: row.under_way > 0,
  })),
);
export type Bill = z.infer<typeof billSchema>;

/** Who pays for a run. */
export interface Payer {
  workspace: string;
  author: string;
}

/** A question that was never settled is under way no longer than this; it then has cost what it could. */
const underWayMs = 15 * 60_000;

/** What runs cost, in D1 `model_calls` and `leases`. A call's id makes every write repeatable. */
export function createSpending(db: D1Database) {
  const sum = db.prepare(
    `UPDATE leases SET spent_micro_usd = (SELECT coalesce(sum(micro_usd), 0) FROM model_calls WHERE lease_id = ?1) WHERE id = ?1`,
  );

  return {
    /** Puts aside what a question can cost. Not admitted where the budget is spent, or may be by what is under way. */
    async admit(
      call: { id: string; leaseId: string; model: string; microUsd: number },
      nowMs: number,
    ): Promise<{ kind: "admitted" } | { kind: "spent" | "under_way"; maxUsd: number }> {
      const { id, leaseId, model, microUsd } = call;
      const [, , , found] = await db.batch([
        db
          .prepare(
            `INSERT INTO model_calls (id, lease_id, model, asked_at, micro_usd)
             SELECT ?1, id, ?3, ?4, ?5 FROM leases WHERE id = ?2 AND spent_micro_usd < max_micro_usd ON CONFLICT (id) DO NOTHING`,
          )
          .bind(id, leaseId, model, nowMs, microUsd),
        sum.bind(leaseId),
        db
          .prepare(
            `UPDATE leases SET cut_off_at = ?3 WHERE id = ?2 AND cut_off_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM model_calls WHERE id = ?1)
             AND NOT EXISTS (SELECT 1 FROM model_calls WHERE lease_id = ?2 AND settled_at IS NULL AND asked_at > ?4)`,
          )
          .bind(id, leaseId, nowMs, nowMs - underWayMs),
        db
          .prepare(
            `SELECT EXISTS (SELECT 1 FROM model_calls WHERE id = ?1) AS admitted, max_micro_usd,
             EXISTS (SELECT 1 FROM model_calls WHERE lease_id = ?2 AND settled_at IS NULL AND asked_at > ?3) AS under_way
             FROM leases WHERE id = ?2`,
          )
          .bind(id, leaseId, nowMs - underWayMs),
      ]);
      const { admitted, under_way, max_micro_usd } = admissionSchema.parse(found?.results[0]);
      if (admitted) return { kind: "admitted" };
      return { kind: under_way ? "under_way" : "spent", maxUsd: max_micro_usd / 1e6 };
    },

    /** Puts what a question cost in the place of what it could have cost. */
    async settle(id: string, leaseId: string, model: string, microUsd: number, nowMs: number): Promise<void> {
      await db.batch([
        db
          .prepare("UPDATE model_calls SET model = ?2, micro_usd = ?3, settled_at = ?4 WHERE id = ?1")
          .bind(id, model, microUsd, nowMs),
        sum.bind(leaseId),
      ]);
    },

    /** What a command's run has cost; nothing where none was begun. */
    async billOf(commandId: string, nowMs: number): Promise<Bill | null> {
      const row = await db
        .prepare(
          `SELECT models, spent_micro_usd, cut_off_at, opened_at,
           EXISTS (SELECT 1 FROM model_calls WHERE lease_id = leases.id AND settled_at IS NULL AND asked_at > ?2) AS under_way
           FROM leases WHERE command_id = ?1`,
        )
        .bind(commandId, nowMs - underWayMs)
        .first();
      return row === null ? null : billSchema.parse(row);
    },

    /** What the runs that began since `sinceMs` have cost, in USD. */
    async since(sinceMs: number, payer: Payer): Promise<{ workspace: number; author: number }> {
      const spent = (column: keyof Payer) =>
        db
          .prepare(
            `SELECT coalesce(sum(spent_micro_usd), 0) AS spent FROM leases WHERE ${column} = ? AND opened_at >= ?`,
          )
          .bind(payer[column], sinceMs);
      const found = await db.batch([spent("workspace"), spent("author")]);
      const [workspace = 0, author = 0] = found.map(({ results }) => spentSchema.parse(results[0]).spent / 1e6);
      return { workspace, author };
    },
  };
}
export type Spending = ReturnType<typeof createSpending>;

const spentSchema = z.object({ spent: z.number() });
