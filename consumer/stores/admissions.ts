import * as z from "zod/mini";
import { dayMs } from "../../shared/limits.ts";

const windowSchema = z.object({ admitted: z.number(), full_since: z.nullable(z.number()) });
const runningSchema = z.object({ oldest: z.nullable(z.number()) });

/** Work that somebody asks for. */
export interface Candidate {
  commandId: string;
  /** Also its platform: `slack:T0ACME`. */
  workspace: string;
  authorId: string;
}

export interface AdmissionLimits {
  /** What one person may ask for in `windowMs`. */
  perAuthor: number;
  windowMs: number;
  /** What may run in one workspace at once. */
  running: number;
  /** How long a run may take. */
  runMs: number;
}

export type Verdict =
  | { kind: "admitted" }
  | { kind: "too_often"; freeAt: number }
  /** `oldestAt`: when the one that has run longest began; one that started over counts as its lease does. */
  | { kind: "too_many"; oldestAt: number };

/** What was let in, in D1 `admissions`. Every write may be repeated. */
export function createAdmissions(db: D1Database) {
  return {
    /** Lets work in unless that would exceed a limit: counted and written in one transaction, once for each command. What is refused does not count. */
    async admit(
      { commandId, workspace, authorId }: Candidate,
      { perAuthor, windowMs, running, runMs }: AdmissionLimits,
      nowMs: number,
    ): Promise<Verdict> {
      const ofAuthor = "FROM admissions WHERE workspace = ?2 AND author_id = ?3 AND admitted_at > ?5";
      // What waits for somebody's approval does not run.
      const ofWorkspace = `FROM admissions AS let_in LEFT JOIN commands ON commands.id = let_in.command_id
        WHERE let_in.workspace = ?2 AND commands.outcome IS NULL AND let_in.command_id <> ?1
          AND NOT EXISTS (SELECT 1 FROM approvals WHERE approvals.command_id = let_in.command_id AND decision IS NULL)`;
      const [, , lately, now] = await db.batch([
        db
          .prepare(
            `DELETE FROM admissions WHERE admitted_at < ?
             AND NOT EXISTS (SELECT 1 FROM commands WHERE commands.id = command_id AND outcome IS NULL)`,
          )
          .bind(nowMs - dayMs),
        db
          .prepare(
            `INSERT INTO admissions (command_id, workspace, author_id, admitted_at) SELECT ?1, ?2, ?3, ?4
             WHERE (SELECT count(*) ${ofAuthor}) < ?6 AND (SELECT count(*) ${ofWorkspace}) < ?7
             ON CONFLICT (command_id) DO NOTHING`,
          )
          .bind(commandId, workspace, authorId, nowMs, nowMs - windowMs, perAuthor, running),
        db
          .prepare(
            `SELECT EXISTS (SELECT 1 FROM admissions WHERE command_id = ?1) AS admitted,
               (SELECT admitted_at ${ofAuthor} ORDER BY admitted_at DESC LIMIT 1 OFFSET ?4 - 1) AS full_since`,
          )
          .bind(commandId, workspace, authorId, perAuthor, nowMs - windowMs),
        db
          .prepare(
            `SELECT min(max(coalesce(let_in.began_at, let_in.admitted_at),
               coalesce((SELECT expires_at FROM leases WHERE leases.command_id = let_in.command_id), 0) - ?3)) AS oldest ${ofWorkspace}`,
          )
          .bind(commandId, workspace, runMs),
      ]);
      const { admitted, full_since: fullSince } = windowSchema.parse(lately?.results[0]);
      if (admitted === 1) return { kind: "admitted" };
      if (fullSince !== null) return { kind: "too_often", freeAt: fullSince + windowMs };
      const { oldest } = runningSchema.parse(now?.results[0]);
      return { kind: "too_many", oldestAt: oldest ?? nowMs };
    },

    /** Work that had to wait begins now. */
    async begin(commandId: string, nowMs: number): Promise<void> {
      await db.prepare("UPDATE admissions SET began_at = ? WHERE command_id = ?").bind(nowMs, commandId).run();
    },
  };
}
export type Admissions = ReturnType<typeof createAdmissions>;
