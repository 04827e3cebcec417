import * as z from "zod/mini";

const rowSchema = z.pipe(
  z.object({ id: z.string(), text: z.string(), author_id: z.nullable(z.string()) }),
  z.transform(({ id, text, author_id: authorId }) => ({ id, text, authorId })),
);

export interface MessageToRun {
  /** The command's that said it. */
  id: string;
  text: string;
  authorId: string;
}

/** What people said to a run while it was under way, in D1 `messages_to_runs`. */
export function createMessagesToRuns(db: D1Database) {
  return {
    async add(runId: string, { id, text, authorId }: MessageToRun, nowMs: number): Promise<void> {
      await db
        .prepare(
          "INSERT INTO messages_to_runs (id, run_id, text, said_at, author_id) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        )
        .bind(id, runId, text, nowMs, authorId)
        .run();
    },

    /** Adds to a plan that nobody has approved or declined yet. False where somebody has. */
    async addToPlan(runId: string, { id, text, authorId }: MessageToRun, nowMs: number): Promise<boolean> {
      const [, found] = await db.batch([
        db
          .prepare(
            `INSERT INTO messages_to_runs (id, run_id, text, said_at, author_id) SELECT ?1, ?2, ?3, ?4, ?5
             WHERE EXISTS (SELECT 1 FROM approvals WHERE command_id = ?2 AND decision IS NULL) ON CONFLICT (id) DO NOTHING`,
          )
          .bind(id, runId, text, nowMs, authorId),
        db.prepare("SELECT 1 FROM messages_to_runs WHERE id = ?").bind(id),
      ]);
      return (found?.results.length ?? 0) > 0;
    },

    async of(runId: string): Promise<z.infer<typeof rowSchema>[]> {
      const { results } = await db
        .prepare("SELECT id, text, author_id FROM messages_to_runs WHERE run_id = ? ORDER BY said_at")
        .bind(runId)
        .all();
      return z.array(rowSchema).parse(results);
    },
  };
}
export type MessagesToRuns = ReturnType<typeof createMessagesToRuns>;
