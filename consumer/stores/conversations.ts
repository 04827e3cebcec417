import * as z from "zod/mini";

const rowSchema = z.object({
  issue_id: z.nullable(z.string()),
  issue_identifier: z.nullable(z.string()),
  issue_url: z.nullable(z.string()),
  repository: z.nullable(z.string()),
  branch: z.nullable(z.string()),
  pull_request_url: z.nullable(z.string()),
  running_command_id: z.nullable(z.string()),
  summary: z.nullable(z.string()),
  checkpoint_expires_at: z.nullable(z.number()),
});

/** What a thread is about, as far as it is known. */
export interface KnownConversation {
  issueId: string | null;
  issueIdentifier: string | null;
  issueUrl: string | null;
  repository: string | null;
  branch: string | null;
  pullRequestUrl: string | null;
  runningCommandId: string | null;
  /** What the last run said at its end. */
  summary: string | null;
  hasCheckpoint: boolean;
}

interface Issue {
  id: string;
  identifier: string;
  url: string;
}

export interface ConversationFacts {
  issue?: Issue | undefined;
  repository: string;
  branch: string;
}

/** Conversations, in D1 `conversations`. Every write may be repeated. */
export function createConversations(db: D1Database) {
  return {
    async find(id: string): Promise<KnownConversation> {
      const row = await db.prepare("SELECT * FROM conversations WHERE id = ?").bind(id).first();
      const known = row === null ? undefined : rowSchema.parse(row);
      return {
        issueId: known?.issue_id ?? null,
        issueIdentifier: known?.issue_identifier ?? null,
        issueUrl: known?.issue_url ?? null,
        repository: known?.repository ?? null,
        branch: known?.branch ?? null,
        pullRequestUrl: known?.pull_request_url ?? null,
        runningCommandId: known?.running_command_id ?? null,
        summary: known?.summary ?? null,
        hasCheckpoint: (known?.checkpoint_expires_at ?? null) !== null,
      };
    },

    /** The pull request of another branch is forgotten with it. Without an issue the one that is known stays. */
    async remember(id: string, { issue, repository, branch }: ConversationFacts, nowMs: number): Promise<void> {
      await db
        .prepare(
          `INSERT INTO conversations (id, issue_id, issue_identifier, issue_url, repository, branch, updated_at)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
           ON CONFLICT (id) DO UPDATE SET issue_id = coalesce(?2, issue_id), issue_identifier = coalesce(?3, issue_identifier),
             issue_url = coalesce(?4, issue_url), repository = ?5, branch = ?6, updated_at = ?7,
             pull_request_url = CASE WHEN repository IS ?5 AND branch IS ?6 THEN pull_request_url END`,
        )
        .bind(id, issue?.id ?? null, issue?.identifier ?? null, issue?.url ?? null, repository, branch, nowMs)
        .run();
    },

    /** What belonged to another issue is forgotten with it. */
    async rememberIssue(id: string, issue: Issue, nowMs: number): Promise<void> {
      await db
        .prepare(
          `INSERT INTO conversations (id, issue_id, issue_identifier, issue_url, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)
           ON CONFLICT (id) DO UPDATE SET issue_id = ?2, issue_identifier = ?3, issue_url = ?4, updated_at = ?5,
             branch = CASE WHEN issue_id IS ?2 THEN branch END,
             pull_request_url = CASE WHEN issue_id IS ?2 THEN pull_request_url END`,
        )
        .bind(id, issue.id, issue.identifier, issue.url, nowMs)
        .run();
    },

    /** The issue of what was done here already: branch and pull request are its own. */
    async linkIssue(id: string, issue: Issue, nowMs: number): Promise<void> {
      await db
        .prepare(
          "UPDATE conversations SET issue_id = ?2, issue_identifier = ?3, issue_url = ?4, updated_at = ?5 WHERE id = ?1",
        )
        .bind(id, issue.id, issue.identifier, issue.url, nowMs)
        .run();
    },

    async rememberPullRequest(id: string, url: string, nowMs: number): Promise<void> {
      await db
        .prepare("UPDATE conversations SET pull_request_url = ?, updated_at = ? WHERE id = ?")
        .bind(url, nowMs, id)
        .run();
    },

    /** How a run ended. Without a new checkpoint the one before stays as long as it may. */
    async rememberRun(
      id: string,
      { summary, expiresAt }: { summary: string | null; expiresAt: number | null },
      nowMs: number,
    ): Promise<void> {
      await db
        .prepare(
          `UPDATE conversations SET summary = coalesce(?2, summary),
             checkpoint_expires_at = coalesce(?3, checkpoint_expires_at), updated_at = ?4 WHERE id = ?1`,
        )
        .bind(id, summary, expiresAt, nowMs)
        .run();
    },

    /** As if its runs had left nothing to go on from. */
    async forgetRuns(id: string, nowMs: number): Promise<void> {
      await db
        .prepare("UPDATE conversations SET summary = NULL, checkpoint_expires_at = NULL, updated_at = ? WHERE id = ?")
        .bind(nowMs, id)
        .run();
    },

    /** Conversations whose checkpoint may no longer be kept, the oldest first. */
    async expired(nowMs: number, limit: number): Promise<string[]> {
      const { results } = await db
        .prepare("SELECT id FROM conversations WHERE checkpoint_expires_at <= ? ORDER BY checkpoint_expires_at LIMIT ?")
        .bind(nowMs, limit)
        .all();
      return z
        .array(z.object({ id: z.string() }))
        .parse(results)
        .map(({ id }) => id);
    },

    async forgetCheckpoint(id: string): Promise<void> {
      await db.prepare("UPDATE conversations SET checkpoint_expires_at = NULL WHERE id = ?").bind(id).run();
    },

    /**
     * Makes `commandId` the one that works for this conversation. False when another one does that has not ended:
     * one `UPDATE` decides, so two at once cannot both win.
     */
    async claim(id: string, commandId: string, nowMs: number): Promise<boolean> {
      const [, , claimed] = await db.batch([
        db
          .prepare("INSERT INTO conversations (id, updated_at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING")
          .bind(id, nowMs),
        db
          .prepare(
            `UPDATE conversations SET running_command_id = ?2 WHERE id = ?1 AND (running_command_id IS NULL
             OR EXISTS (SELECT 1 FROM commands WHERE commands.id = running_command_id AND outcome IS NOT NULL))`,
          )
          .bind(id, commandId),
        db.prepare("SELECT 1 FROM conversations WHERE id = ? AND running_command_id = ?").bind(id, commandId),
      ]);
      return (claimed?.results.length ?? 0) > 0;
    },

    async release(id: string, commandId: string): Promise<void> {
      await db
        .prepare("UPDATE conversations SET running_command_id = NULL WHERE id = ? AND running_command_id = ?")
        .bind(id, commandId)
        .run();
    },
  };
}
export type Conversations = ReturnType<typeof createConversations>;
