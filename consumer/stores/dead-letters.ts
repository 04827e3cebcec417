import * as z from "zod/mini";
import { conversationId } from "../../shared/conversation.ts";
import { dayMs } from "../../shared/limits.ts";
import { type DeadCommand, stepErrorSchema, type StepError } from "../endings/dead-letter.ts";
import { lasting } from "./commands.ts";
import { where } from "./where.ts";

/** A queue keeps a message for 14 days at most: https://developers.cloudflare.com/queues/platform/limits/ */
const keptMs = 14 * dayMs;

export const letterStatuses = ["dead", "replayed", "dropped"] as const;
export type LetterStatus = (typeof letterStatuses)[number];

const letterSchema = z.pipe(
  z.object({
    id: z.string(),
    command_id: z.nullable(z.string()),
    name: z.nullable(z.string()),
    conversation_id: z.nullable(z.string()),
    error: z.string(),
    attempts: z.number(),
    status: z.enum(letterStatuses),
    died_at: z.number(),
    replayed_as: z.nullable(z.string()),
  }),
  z.transform((row) => ({
    id: row.id,
    commandId: row.command_id,
    name: row.name,
    conversation: row.conversation_id,
    error: row.error,
    attempts: row.attempts,
    status: row.status,
    /** Milliseconds since the epoch. */
    diedAt: row.died_at,
    replayedAs: row.replayed_as,
  })),
);
export type Letter = z.infer<typeof letterSchema>;

const insideSchema = z.object({ body: z.string(), errors: z.string() });

export interface NewLetter extends Omit<Letter, "status" | "replayedAs"> {
  /** What lay on the queue, as JSON where it is any. */
  body: string;
  errors: readonly StepError[];
}

/** Dead letters, in D1 `dead_letters`. Every write may be repeated. */
export function createDeadLetters(db: D1Database) {
  /** Changes nothing when the letter is dealt with already. */
  const replayed = (id: string, replayedAs: string): D1PreparedStatement =>
    db
      .prepare("UPDATE dead_letters SET status = 'replayed', replayed_as = ? WHERE id = ? AND status = 'dead'")
      .bind(replayedAs, id);

  return {
    replayed,

    async markReplayed(id: string, replayedAs: string): Promise<void> {
      await replayed(id, replayedAs).run();
    },

    /** It may come after **Retry** was pressed: then it is none to replay. A retry that was admitted has the name of what it repeats. */
    async keep(letter: NewLetter): Promise<void> {
      const { id, commandId, name, conversation, body, error, errors, attempts, diedAt } = letter;
      await db
        .prepare(
          `WITH again AS (SELECT id FROM commands WHERE id = (SELECT retried_by FROM commands WHERE id = ?2) AND name <> 'retry')
           INSERT INTO dead_letters (id, command_id, name, conversation_id, body, error, errors, attempts, died_at, status, replayed_as)
           SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, iif((SELECT id FROM again) IS NULL, 'dead', 'replayed'), (SELECT id FROM again)
           WHERE true ON CONFLICT (id) DO NOTHING`,
        )
        .bind(id, commandId, name, conversation, body, error, JSON.stringify(errors), attempts, diedAt)
        .run();
    },

    /** Why a command could not be started this time; what is older than any message of the queue goes. */
    async noteFailedStart(commandId: string, { attempt, error, at }: Omit<StepError, "step">): Promise<void> {
      await db.batch([
        db.prepare("DELETE FROM failed_starts WHERE at < ?").bind(at - keptMs),
        db
          .prepare(
            "INSERT INTO failed_starts (command_id, attempt, error, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
          )
          .bind(commandId, attempt, error, at),
      ]);
    },

    async failedStarts(commandId: string): Promise<StepError[]> {
      const { results } = await db
        .prepare("SELECT 'start' AS step, attempt, error, at FROM failed_starts WHERE command_id = ? ORDER BY attempt")
        .bind(commandId)
        .all();
      return z.array(stepErrorSchema).parse(results);
    },

    /** Newest first; with `before` those that died before that one. */
    async list(limit: number, status?: LetterStatus, before?: string): Promise<Letter[]> {
      const { sql, values } = where(
        status !== undefined && ["status = ?", status],
        before !== undefined && ["(died_at, id) < (SELECT died_at, id FROM dead_letters WHERE id = ?)", before],
      );
      const { results } = await db
        .prepare(`SELECT * FROM dead_letters ${sql} ORDER BY died_at DESC, id DESC LIMIT ?`)
        .bind(...values, limit)
        .all();
      return z.array(letterSchema).parse(results);
    },

    async find(id: string): Promise<(Letter & { body: string; errors: StepError[] }) | undefined> {
      const row = await db.prepare("SELECT * FROM dead_letters WHERE id = ?").bind(id).first();
      if (row === null) return undefined;
      const { body, errors } = insideSchema.parse(row);
      return { ...letterSchema.parse(row), body, errors: z.array(stepErrorSchema).parse(JSON.parse(errors)) };
    },

    /** Its command could not be started after all. */
    async markDeadAgain(id: string, replayedAs: string): Promise<void> {
      await db
        .prepare("UPDATE dead_letters SET status = 'dead', replayed_as = NULL WHERE id = ? AND replayed_as = ?")
        .bind(id, replayedAs)
        .run();
    },

    /** Changes nothing when the letter is dealt with already. */
    dropped: (id: string): D1PreparedStatement =>
      db.prepare("UPDATE dead_letters SET status = 'dropped' WHERE id = ? AND status = 'dead'").bind(id),
  };
}
export type DeadLetters = ReturnType<typeof createDeadLetters>;

export function letterOf(
  { command, error, errors, attempts, diedAt }: DeadCommand,
  body = JSON.stringify(lasting(command)),
): NewLetter {
  const { id, name, conversation } = command;
  return { id, commandId: id, name, conversation: conversationId(conversation), body, error, errors, attempts, diedAt };
}
