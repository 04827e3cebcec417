import * as z from "zod/mini";
import { suggestions } from "../../shared/limits.ts";
import { parseJson } from "../../shared/parse-json.ts";

const issuesSchema = z.array(z.object({ identifier: z.string(), title: z.string() }));
export type OpenIssue = z.infer<typeof issuesSchema>[number];
const rowSchema = z.pipe(
  z.object({ typed: z.string(), issues: z.string() }),
  z.transform(({ typed, issues }) => ({ typed, issues: issuesSchema.parse(parseJson(issues)) })),
);

/** What Linear answered to those who typed lately, and whose turn it is to ask it, in D1: every isolate sees the same. */
export function createSuggestedIssues(db: D1Database) {
  return {
    /** The answer to these letters, or else to as many of the first of them as there is one for. */
    async find(workspace: string, letters: string, nowMs: number): Promise<z.infer<typeof rowSchema> | undefined> {
      const row = await db
        .prepare(
          `SELECT typed, issues FROM suggested_issues WHERE workspace = ?1 AND asked_at > ?3 AND substr(?2, 1, length(typed)) = typed
           ORDER BY length(typed) DESC LIMIT 1`,
        )
        .bind(workspace, letters, nowMs - suggestions.keptMs)
        .first();
      return row === null ? undefined : rowSchema.parse(row);
    },

    /** Whether Linear may be asked now for this workspace: of several at once, one may. */
    async takeTurn(workspace: string, nowMs: number): Promise<boolean> {
      const { meta } = await db
        .prepare(
          `INSERT INTO suggestion_turns (workspace, taken_at) VALUES (?1, ?2)
           ON CONFLICT (workspace) DO UPDATE SET taken_at = ?2 WHERE taken_at <= ?2 - ?3`,
        )
        .bind(workspace, nowMs, suggestions.askEveryMs)
        .run();
      return meta.changes > 0;
    },

    /** What is older than anybody may see goes. */
    async keep(workspace: string, typed: string, issues: readonly OpenIssue[], nowMs: number): Promise<void> {
      await db.batch([
        db
          .prepare("DELETE FROM suggested_issues WHERE workspace = ? AND asked_at <= ?")
          .bind(workspace, nowMs - suggestions.keptMs),
        db
          .prepare(
            `INSERT INTO suggested_issues (workspace, typed, issues, asked_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (workspace, typed) DO UPDATE SET issues = ?3, asked_at = ?4`,
          )
          .bind(workspace, typed, JSON.stringify(issues), nowMs),
      ]);
    },
  };
}
