import * as z from "zod/mini";

const rowSchema = z.object({ id: z.string(), text: z.string() });

/** What people said to a run while it was under way, in D1 `messages_to_runs`. */
export function createMessagesToRuns(db: D1Database) {
  return {
    /** `id` is the command's that said it. */
    async add(id: string, runId: string, text: string, nowMs: number): Promise<void> {
      await db
        .prepare(
          "INSERT INTO messages_to_runs (id, run_id, text, said_at) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        )
        .bind(id, runId, text, nowMs)
        .run();
    },

    async of(runId: string): Promise<z.infer<typeof rowSchema>[]> {
      const { results } = await db
        .prepare("SELECT id, text FROM messages_to_runs WHERE run_id = ? ORDER BY said_at")
        .bind(runId)
        .all();
      return z.array(rowSchema).parse(results);
    },
  };
}
export type MessagesToRuns = ReturnType<typeof createMessagesToRuns>;
