import * as z from "zod/mini";
import { breakerLimits } from "../../shared/limits.ts";

/** `half_open` lets one call through at a time, to see whether the source is back. */
export type BreakerState = "closed" | "open" | "half_open";

export interface OpenBreaker {
  source: string;
  state: Exclude<BreakerState, "closed">;
  /** When the next call may be tried. */
  triesAt: number;
}

const rowSchema = z.object({
  source: z.string(),
  opened_at: z.number(),
  tried_at: z.number(),
  successes: z.number(),
});
type Row = z.infer<typeof rowSchema>;

/** The circuit breakers of the sources, in D1: every isolate sees the same. */
export function createBreakers(db: D1Database) {
  const { windowMs, minCalls, maxFailureShare, openMs, trialMs, successesToClose } = breakerLimits;

  return {
    /** Whether a call may be made now. Half-open, the one who gets true is the one who tries. */
    async allows(source: string, nowMs: number): Promise<boolean> {
      const row = await read(source);
      if (!row) return true;
      if (nowMs < row.opened_at + openMs) return false;
      const { meta } = await db
        .prepare("UPDATE breakers SET tried_at = ?2 WHERE source = ?1 AND opened_at = ?3 AND tried_at <= ?4")
        .bind(source, nowMs, row.opened_at, nowMs - trialMs)
        .run();
      return meta.changes > 0;
    },

    /** Notes how a call ended, and opens or closes the breaker. */
    async record(source: string, failed: boolean, nowMs: number): Promise<void> {
      const row = await read(source);
      if (!row) return recordClosed(source, failed, nowMs);
      if (failed) {
        await db
          .prepare("UPDATE breakers SET opened_at = ?2, successes = 0 WHERE source = ?1")
          .bind(source, nowMs)
          .run();
        return;
      }
      // A success of a call that began before it opened says nothing about now.
      if (nowMs < row.opened_at + openMs) return;
      await db.batch([
        db.prepare("UPDATE breakers SET successes = successes + 1, tried_at = 0 WHERE source = ?").bind(source),
        db
          .prepare(
            "DELETE FROM source_calls WHERE source = ?1 AND EXISTS (SELECT 1 FROM breakers WHERE source = ?1 AND successes >= ?2)",
          )
          .bind(source, successesToClose),
        db.prepare("DELETE FROM breakers WHERE source = ? AND successes >= ?").bind(source, successesToClose),
      ]);
    },

    /** Those that are not closed. */
    async open(nowMs: number): Promise<OpenBreaker[]> {
      const { results } = await db.prepare("SELECT * FROM breakers ORDER BY source").all();
      return z.parse(z.array(rowSchema), results).map((row) => ({
        source: row.source,
        state: nowMs < row.opened_at + openMs ? "open" : "half_open",
        triesAt: Math.max(row.opened_at + openMs, row.tried_at + trialMs),
      }));
    },
  };

  async function read(source: string): Promise<Row | undefined> {
    const row = await db.prepare("SELECT * FROM breakers WHERE source = ?").bind(source).first();
    return row === null ? undefined : z.parse(rowSchema, row);
  }

  async function recordClosed(source: string, failed: boolean, nowMs: number): Promise<void> {
    await db.batch([
      db.prepare("DELETE FROM source_calls WHERE source = ? AND at <= ?").bind(source, nowMs - windowMs),
      db.prepare("INSERT INTO source_calls (source, at, failed) VALUES (?, ?, ?)").bind(source, nowMs, failed ? 1 : 0),
      db
        .prepare(
          `INSERT INTO breakers (source, opened_at, tried_at, successes)
           SELECT ?1, ?2, 0, 0 FROM source_calls WHERE source = ?1
           GROUP BY source HAVING ?5 AND COUNT(*) >= ?3 AND SUM(failed) >= COUNT(*) * ?4
           ON CONFLICT (source) DO NOTHING`,
        )
        .bind(source, nowMs, minCalls, maxFailureShare, failed ? 1 : 0),
    ]);
  }
}
export type Breakers = ReturnType<typeof createBreakers>;
