import * as z from "zod/mini";

const admissionSchema = z.object({
  admitted: z.nullable(z.number()),
  under_way: z.number(),
  max_micro_usd: z.number(),
});
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

/** What a question to the model can cost, in millionths of a dollar. */
interface Question {
  id: string;
  leaseId: string;
  model: string;
  microUsd: number;
  least: number;
  /** As `least`, where other questions are under way that may leave more. */
  leastBeside: number;
  /** Where it is not admitted, the run is cut off. */
  isLast: boolean;
}

/** `microUsd` is what was put aside. */
type Admission = { kind: "admitted"; microUsd: number } | { kind: "spent" | "under_way"; maxUsd: number };

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
    /**
     * Puts aside what a question can cost, or what is left of the budget where that is less, but no less than `least`. Not admitted where
     * that is not left, or may not be by what is under way: beside that it takes `leastBeside`.
     */
    async admit(call: Question, nowMs: number): Promise<Admission> {
      const { id, leaseId, model, microUsd, least, leastBeside, isLast } = call;
      const [, , , found] = await db.batch([
        db
          .prepare(
            `INSERT INTO model_calls (id, lease_id, model, asked_at, micro_usd)
             SELECT ?1, id, ?3, ?4, min(?5, max_micro_usd - spent_micro_usd) FROM leases
             WHERE id = ?2 AND max_micro_usd - spent_micro_usd >= CASE
               WHEN EXISTS (SELECT 1 FROM model_calls WHERE lease_id = ?2 AND settled_at IS NULL AND asked_at > ?8) THEN ?7 ELSE ?6 END
             ON CONFLICT (id) DO NOTHING`,
          )
          .bind(id, leaseId, model, nowMs, microUsd, least, leastBeside, nowMs - underWayMs),
        sum.bind(leaseId),
        db
          .prepare(
            `UPDATE leases SET cut_off_at = ?3 WHERE id = ?2 AND cut_off_at IS NULL AND ?5
             AND NOT EXISTS (SELECT 1 FROM model_calls WHERE id = ?1)
             AND NOT EXISTS (SELECT 1 FROM model_calls WHERE lease_id = ?2 AND settled_at IS NULL AND asked_at > ?4)`,
          )
          .bind(id, leaseId, nowMs, nowMs - underWayMs, isLast ? 1 : 0),
        db
          .prepare(
            `SELECT (SELECT micro_usd FROM model_calls WHERE id = ?1) AS admitted, max_micro_usd,
             EXISTS (SELECT 1 FROM model_calls WHERE lease_id = ?2 AND settled_at IS NULL AND asked_at > ?3) AS under_way
             FROM leases WHERE id = ?2`,
          )
          .bind(id, leaseId, nowMs - underWayMs),
      ]);
      const { admitted, under_way, max_micro_usd } = admissionSchema.parse(found?.results[0]);
      if (admitted !== null) return { kind: "admitted", microUsd: admitted };
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

    /**
     * Puts aside what a run may cost of a month's money, once for each command: what is left below the caps, `maxUsd` at most. What other
     * runs have put aside is gone until they end; then what they cost is. Undefined where nothing is left.
     */
    async reserve(
      commandId: string,
      { workspace, author }: Payer,
      { maxUsd, caps, sinceMs }: { maxUsd: number; caps: Partial<Record<keyof Payer, number>>; sinceMs: number },
      nowMs: number,
    ): Promise<number | undefined> {
      const taken = (column: keyof Payer, value: string) =>
        `(SELECT coalesce(sum(spent_micro_usd), 0) FROM leases WHERE ${column} = ${value} AND opened_at >= ?8 AND command_id <> ?1)
         + (SELECT coalesce(sum(max(0, own.micro_usd - coalesce(leases.spent_micro_usd, 0))), 0) FROM reservations AS own
            LEFT JOIN leases ON leases.command_id = own.command_id JOIN commands ON commands.id = own.command_id
            WHERE own.${column} = ${value} AND own.command_id <> ?1 AND commands.outcome IS NULL)`;
      const capOf = (column: keyof Payer) => (caps[column] === undefined ? null : Math.floor(caps[column] * 1e6));
      const [, , found] = await db.batch([
        db.prepare(
          "DELETE FROM reservations WHERE EXISTS (SELECT 1 FROM commands WHERE id = command_id AND outcome IS NOT NULL)",
        ),
        db
          .prepare(
            `INSERT INTO reservations (command_id, workspace, author, micro_usd, reserved_at)
             SELECT ?1, ?2, ?3, available, ?7 FROM (SELECT min(?4, coalesce(?5 - (${taken("workspace", "?2")}), ?4),
               coalesce(?6 - (${taken("author", "?3")}), ?4)) AS available)
             WHERE available > 0 ON CONFLICT (command_id) DO NOTHING`,
          )
          .bind(
            commandId,
            workspace,
            author,
            Math.ceil(maxUsd * 1e6),
            capOf("workspace"),
            capOf("author"),
            nowMs,
            sinceMs,
          ),
        db.prepare("SELECT micro_usd FROM reservations WHERE command_id = ?").bind(commandId),
      ]);
      const row = found?.results[0];
      return row === undefined ? undefined : reservationSchema.parse(row).micro_usd / 1e6;
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

const reservationSchema = z.object({ micro_usd: z.number() });
const spentSchema = z.object({ spent: z.number() });
