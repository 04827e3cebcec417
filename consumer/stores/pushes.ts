import * as z from "zod/mini";
import { maxPushesPerRun, unjudgedPushes } from "../../shared/limits.ts";

const unjudgedSchema = z.pipe(
  z.object({
    command_id: z.string(),
    conversation_id: z.nullable(z.string()),
    repository: z.string(),
    branch: z.string(),
    head_before: z.nullable(z.string()),
    commits: z.string(),
    pushed_at: z.number(),
    is_running: z.number(),
  }),
  z.transform((row) => ({
    commandId: row.command_id,
    conversation: row.conversation_id,
    repository: row.repository,
    branch: row.branch,
    headBefore: row.head_before,
    commits: row.commits.split(","),
    /** The newest, in ms since the epoch. */
    pushedAt: row.pushed_at,
    /** Whether the command goes on, which judges them itself. */
    isRunning: row.is_running === 1,
  })),
);
/** What one run pushed, as far as it may stand unjudged on the run's branch. */
export type UnjudgedPushes = z.infer<typeof unjudgedSchema>;

/** `CROSS JOIN`, and the `+` in `GROUP BY`, let SQLite begin with the few that are unjudged: https://www.sqlite.org/optoverview.html#manual_control_of_query_plans_using_cross_join */
const unjudged = `SELECT leases.command_id, commands.conversation_id, leases.repository, leases.branch, leases.head_before,
  group_concat(pushes.commit_id) AS commits, max(pushes.pushed_at) AS pushed_at,
  commands.id IS NOT NULL AND commands.outcome IS NULL AS is_running
  FROM pushes CROSS JOIN leases ON leases.id = pushes.lease_id LEFT JOIN commands ON commands.id = leases.command_id
  WHERE pushes.judge_at IS NOT NULL`;

/** What the egress let runs push, in D1 `pushes`. It is unjudged until somebody says otherwise. Every write may be repeated. */
export function createPushes(db: D1Database) {
  return {
    /** Takes note of what a run is about to push. False: it has pushed as often as it may. */
    async notePush(leaseId: string, commit: string, nowMs: number): Promise<boolean> {
      const [, , noted] = await db.batch([
        db
          .prepare(
            `INSERT INTO pushes (lease_id, commit_id, pushed_at) SELECT ?1, ?2, ?3
             WHERE (SELECT count(*) FROM pushes WHERE lease_id = ?1) < ?4 ON CONFLICT DO NOTHING`,
          )
          .bind(leaseId, commit, nowMs, maxPushesPerRun),
        db
          .prepare("UPDATE pushes SET pushed_at = ?3, judge_at = ?3 WHERE lease_id = ?1 AND commit_id = ?2")
          .bind(leaseId, commit, nowMs),
        db.prepare("SELECT 1 FROM pushes WHERE lease_id = ? AND commit_id = ?").bind(leaseId, commit),
      ]);
      return (noted?.results.length ?? 0) > 0;
    },

    /** What a command's run was let push, whether it landed or not. */
    async pushesOf(commandId: string): Promise<string[]> {
      const { results } = await db
        .prepare("SELECT commit_id FROM pushes JOIN leases ON leases.id = lease_id WHERE command_id = ?")
        .bind(commandId)
        .all();
      return z
        .array(z.object({ commit_id: z.string() }))
        .parse(results)
        .map(({ commit_id: commit }) => commit);
    },

    /** Takes note that nothing of what a command's run pushed stands unjudged, or can still come. */
    async judged(commandId: string): Promise<void> {
      await db
        .prepare("UPDATE pushes SET judge_at = NULL WHERE lease_id IN (SELECT id FROM leases WHERE command_id = ?)")
        .bind(commandId)
        .run();
    },

    async unjudgedOn(repository: string, branch: string): Promise<UnjudgedPushes[]> {
      const { results } = await db
        .prepare(`${unjudged} AND leases.repository = ? COLLATE NOCASE AND leases.branch = ? GROUP BY +pushes.lease_id`)
        .bind(repository, branch)
        .all();
      return z.array(unjudgedSchema).parse(results);
    },

    /** Takes those whose command is over and whose time has come. They come again after a minute, two, four … at most an hour. */
    async takeUnjudged(limit: number, nowMs: number): Promise<UnjudgedPushes[]> {
      const { results } = await db
        .prepare(
          `${unjudged} AND pushes.judge_at <= ? AND (commands.id IS NULL OR commands.outcome IS NOT NULL)
           GROUP BY +pushes.lease_id ORDER BY min(pushes.judge_at) LIMIT ?`,
        )
        .bind(nowMs, limit)
        .all();
      const found = z.array(unjudgedSchema).parse(results);
      const { minWaitMs, maxWaitMs } = unjudgedPushes;
      await db
        .prepare(
          `UPDATE pushes SET judge_at = ?1 + min(?3, max(?2, ?1 - pushed_at)) WHERE judge_at IS NOT NULL
           AND lease_id IN (SELECT leases.id FROM leases JOIN json_each(?4) ON value = command_id)`,
        )
        .bind(nowMs, minWaitMs, maxWaitMs, JSON.stringify(found.map(({ commandId }) => commandId)))
        .run();
      return found;
    },
  };
}
