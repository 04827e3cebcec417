import * as z from "zod/mini";
import { buttonActions } from "../../shared/button.ts";
import { commandSchema } from "../../shared/command.ts";
import { lastWordClaimMs } from "../../shared/limits.ts";
import { outcomes } from "../endings/ending.ts";

/** What stands beside a last word's text. */
export const extrasSchema = z.object({
  card: z.optional(z.object({ title: z.string(), url: z.string(), summary: z.string() })),
  links: z.optional(z.array(z.object({ label: z.string(), url: z.string() }))),
});

const unsaidSchema = z.pipe(
  z.object({
    body: z.string(),
    outcome: z.enum(outcomes),
    reply: z.string(),
    reply_button: z.nullable(z.enum(buttonActions)),
    status_message_id: z.nullable(z.string()),
    ended_by: z.nullable(z.string()),
    settled_at: z.number(),
    reply_extras: z.nullable(z.string()),
  }),
  z.transform((row) => ({
    command: commandSchema.parse(JSON.parse(row.body)),
    outcome: row.outcome,
    reply: row.reply,
    button: row.reply_button ?? undefined,
    statusMessageId: row.status_message_id ?? undefined,
    endedBy: row.ended_by,
    settledAt: row.settled_at,
    ...(row.reply_extras !== null && extrasSchema.parse(JSON.parse(row.reply_extras))),
  })),
);
export type UnsaidWord = z.infer<typeof unsaidSchema>;

/** Last words that are still owed to somebody, in D1 `commands`. Every write may be repeated. */
export function createLastWords(db: D1Database) {
  return {
    /** Of commands that ended before `beforeMs`, oldest first. */
    async unsaid(beforeMs: number, limit: number): Promise<UnsaidWord[]> {
      const { results } = await db
        .prepare(
          `SELECT * FROM commands WHERE outcome IS NOT NULL AND last_word_at IS NULL AND last_word_error IS NULL
           AND settled_at <= ? AND body IS NOT NULL ORDER BY settled_at LIMIT ?`,
        )
        .bind(beforeMs, limit)
        .all();
      return z.array(unsaidSchema).parse(results);
    },

    /** The one of this command, while it is owed. */
    async unsaidOf(commandId: string): Promise<UnsaidWord | undefined> {
      const row = await db
        .prepare(
          `SELECT * FROM commands WHERE id = ? AND outcome IS NOT NULL AND last_word_at IS NULL
           AND last_word_error IS NULL AND body IS NOT NULL`,
        )
        .bind(commandId)
        .first();
      return row === null ? undefined : unsaidSchema.parse(row);
    },

    /** Takes it upon oneself, for a while: of several at once, one may. */
    async claim(commandId: string, nowMs: number): Promise<boolean> {
      const { meta } = await db
        .prepare(
          `UPDATE commands SET last_word_claimed_at = ?2 WHERE id = ?1 AND last_word_at IS NULL
           AND (last_word_claimed_at IS NULL OR last_word_claimed_at <= ?3)`,
        )
        .bind(commandId, nowMs, nowMs - lastWordClaimMs)
        .run();
      return meta.changes > 0;
    },

    async unclaim(commandId: string): Promise<void> {
      await db.prepare("UPDATE commands SET last_word_claimed_at = NULL WHERE id = ?").bind(commandId).run();
    },

    async said(commandId: string, nowMs: number): Promise<void> {
      await db
        .prepare("UPDATE commands SET last_word_at = ? WHERE id = ? AND last_word_at IS NULL")
        .bind(nowMs, commandId)
        .run();
    },

    /** It can never be said: the channel is gone, or bugbot is no longer let in. */
    async giveUp(commandId: string, reason: string): Promise<void> {
      await db.prepare("UPDATE commands SET last_word_error = ? WHERE id = ?").bind(reason, commandId).run();
    },
  };
}
export type LastWords = ReturnType<typeof createLastWords>;
