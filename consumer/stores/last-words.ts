import * as z from "zod/mini";
import { buttonActions } from "../../shared/button.ts";
import { type Conversation, conversationSchema } from "../../shared/conversation.ts";
import { lastWordClaimMs } from "../../shared/limits.ts";
import { parseJson } from "../../shared/parse-json.ts";
import { outcomes } from "../endings/ending.ts";
import { orElse, type StoredCommand, storedSchema } from "./stored-command.ts";
import { watched } from "./unended.ts";

/** What stands beside a last word's text, and why its command died, for operators. */
export const extrasSchema = z.object({
  died: z.optional(z.string()),
  card: z.optional(z.object({ title: z.string(), url: z.string(), summary: z.string() })),
  links: z.optional(z.array(z.object({ label: z.string(), url: z.string() }))),
});

const extrasInRow = z.pipe(
  z.nullable(z.string()),
  z.transform((extras) => extrasSchema.safeParse(parseJson(extras ?? "{}")).data),
);

const unsaidSchema = z.pipe(
  z.object({
    id: z.string(),
    body: storedSchema,
    address: orElse(z.nullable(z.pipe(z.pipe(z.string(), z.transform(parseJson)), conversationSchema)), null),
    outcome: z.enum(outcomes),
    reply: z.string(),
    reply_button: orElse(z.nullable(z.enum(buttonActions)), null),
    status_message_id: z.nullable(z.string()),
    ended_by: z.nullable(z.string()),
    settled_at: z.number(),
    reply_extras: extrasInRow,
    last_word_attempts: z.number(),
    issue_identifier: z.nullable(z.string()),
    pull_request_url: z.nullable(z.string()),
    cost_usd: z.nullable(z.number()),
  }),
  z.transform((row) => ({
    id: row.id,
    stored: atAddress(row.body, row.address),
    outcome: row.outcome,
    reply: row.reply,
    button: row.reply_button ?? undefined,
    statusMessageId: row.status_message_id ?? undefined,
    endedBy: row.ended_by,
    settledAt: row.settled_at,
    attempts: row.last_word_attempts,
    issue: row.issue_identifier ?? undefined,
    pullRequestUrl: row.pull_request_url ?? undefined,
    costUsd: row.cost_usd ?? undefined,
    ...row.reply_extras,
  })),
);
export type UnsaidWord = z.infer<typeof unsaidSchema>;

const owed =
  "outcome IS NOT NULL AND last_word_at IS NULL AND last_word_error IS NULL AND body IS NOT NULL AND reply IS NOT NULL";

/** Last words that are still owed to somebody, in D1 `commands`. Every write may be repeated. */
export function createLastWords(db: D1Database) {
  return {
    /** Takes those of one platform whose time has come, those first that were taken longest ago. */
    async take(platform: Conversation["platform"], limit: number, nowMs: number): Promise<UnsaidWord[]> {
      const { results } = await db
        .prepare(
          `SELECT * FROM commands WHERE ${owed} AND substr(conversation_id, 1, length(?1)) = ?1
           AND coalesce(last_word_next_at, settled_at) <= ?2 ORDER BY coalesce(watched_at, 0), settled_at LIMIT ?3`,
        )
        .bind(`${platform}:`, nowMs, limit)
        .all();
      const found = z.array(unsaidSchema).parse(results);
      await watched(db, found, nowMs);
      return found;
    },

    /** The one of this command, while it is owed. */
    async unsaidOf(commandId: string): Promise<UnsaidWord | undefined> {
      const row = await db.prepare(`SELECT * FROM commands WHERE id = ? AND ${owed}`).bind(commandId).first();
      return row === null ? undefined : unsaidSchema.parse(row);
    },

    /** Takes it upon oneself, for a while: of several at once, one may. */
    async claim(commandId: string, nowMs: number): Promise<boolean> {
      const { meta } = await db
        .prepare(
          `UPDATE commands SET last_word_claimed_at = ?2 WHERE id = ?1 AND last_word_at IS NULL
           AND (last_word_claimed_at IS NULL OR last_word_claimed_at <= ?3)
           AND (last_word_next_at IS NULL OR last_word_next_at <= ?2)`,
        )
        .bind(commandId, nowMs, nowMs - lastWordClaimMs)
        .run();
      return meta.changes > 0;
    },

    /** Chat did not take it: it is owed, and nobody's, until then. */
    async postpone(commandId: string, untilMs: number): Promise<void> {
      await db
        .prepare(
          `UPDATE commands SET last_word_claimed_at = NULL, last_word_attempts = last_word_attempts + 1, last_word_next_at = ?
           WHERE id = ?`,
        )
        .bind(untilMs, commandId)
        .run();
    },

    async said(commandId: string, nowMs: number): Promise<void> {
      await db
        .prepare("UPDATE commands SET last_word_at = ?, address = NULL WHERE id = ? AND last_word_at IS NULL")
        .bind(nowMs, commandId)
        .run();
    },

    /** It can never be said: the place is gone, or it was tried for too long. */
    async giveUp(commandId: string, reason: string): Promise<void> {
      await db
        .prepare("UPDATE commands SET last_word_error = ?, address = NULL WHERE id = ?")
        .bind(reason, commandId)
        .run();
    },
  };
}
export type LastWords = ReturnType<typeof createLastWords>;

function atAddress(stored: StoredCommand, address: Conversation | null): StoredCommand {
  if (address === null || stored.kind === "unreadable") return stored;
  const { command } = stored;
  return { ...stored, command: { ...command, conversation: { ...address, ...command.conversation } } };
}
