import * as z from "zod/mini";
import { commandSchema } from "../../shared/command.ts";
import { parseJson } from "../../shared/parse-json.ts";
import { where } from "./where.ts";

const taskSchema = z.pipe(
  z.object({
    id: z.string(),
    name: z.string(),
    text: z.string(),
    conversation_id: z.string(),
    author_id: z.string(),
    outcome: z.nullable(z.string()),
    received_at: z.number(),
    started_at: z.number(),
    settled_at: z.nullable(z.number()),
    issue_identifier: z.nullable(z.string()),
    pull_request_url: z.nullable(z.string()),
    cost_usd: z.nullable(z.number()),
    ended_by: z.nullable(z.string()),
    reply: z.nullable(z.string()),
    last_word_at: z.nullable(z.number()),
    last_word_error: z.nullable(z.string()),
    stop_requested_at: z.nullable(z.number()),
  }),
  z.transform((row) => ({
    id: row.id,
    name: row.name,
    text: row.text,
    conversation: row.conversation_id,
    author: row.author_id,
    outcome: row.outcome,
    receivedAt: row.received_at,
    startedAt: row.started_at,
    settledAt: row.settled_at,
    issue: row.issue_identifier,
    pullRequestUrl: row.pull_request_url,
    costUsd: row.cost_usd,
    endedBy: row.ended_by,
    reply: row.reply,
    lastWordAt: row.last_word_at,
    lastWordError: row.last_word_error,
    stopRequestedAt: row.stop_requested_at,
  })),
);
export type Task = z.infer<typeof taskSchema>;

/** Commands as an operator looks at them, out of D1 `commands`. */
export function createTasks(db: D1Database) {
  return {
    /** Newest first; with `running` only those that have not ended, with `before` those that were received before that one. */
    async list(limit: number, running: boolean, before?: string): Promise<Task[]> {
      // With a `+` SQLite starts from the few that have not ended instead of walking through all in their order.
      const receivedAt = running ? "+received_at" : "received_at";
      const { sql, values } = where(
        running && ["outcome IS NULL"],
        before !== undefined && [`(${receivedAt}, id) < (SELECT received_at, id FROM commands WHERE id = ?)`, before],
      );
      const { results } = await db
        .prepare(`SELECT * FROM commands ${sql} ORDER BY ${receivedAt} DESC, id DESC LIMIT ?`)
        .bind(...values, limit)
        .all();
      return z.array(taskSchema).parse(results);
    },

    async find(id: string) {
      const row = await db.prepare("SELECT * FROM commands WHERE id = ?").bind(id).first();
      if (row === null) return undefined;
      const { body } = z.object({ body: z.nullable(z.string()) }).parse(row);
      return {
        task: taskSchema.parse(row),
        /** Undefined where it is from before commands were kept whole, or another version's. */
        command: body === null ? undefined : commandSchema.safeParse(parseJson(body)).data,
      };
    },
  };
}
export type Tasks = ReturnType<typeof createTasks>;
