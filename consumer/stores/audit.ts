import * as z from "zod/mini";
import { type AuditEntry, auditEntrySchema, hashEntry } from "../../shared/audit-entry.ts";
import type { Command } from "../../shared/command.ts";
import { auditAttempts, auditMaxWaitMs } from "../../shared/limits.ts";

export interface Deed {
  /** Names what is recorded once, however often it is told: a command's id and what was done for it. */
  deed: string;
  /** `slack:U1`, `key:ci`, `admin`, `bugbot`, `watchdog`. */
  actor: string;
  action: string;
  /** The command, key or dead letter it is about. */
  subject: string;
  facts?: Record<string, string | number | boolean | null | undefined>;
}

/** What happened, in D1 `audit`: append-only, each entry sealed with the hash of the one before. */
export function createAudit(db: D1Database, now: () => number) {
  return {
    /** Appends an entry, once per `deed`: false where it is there already. Appends at once go one after the other: who comes second tries again. */
    record: async ({ deed, actor, action, subject, facts = {} }: Deed): Promise<boolean> => {
      for (let attempt = 1; ; attempt++) {
        const [known, last] = await db.batch([
          db.prepare("SELECT 1 FROM audit WHERE deed = ?").bind(deed),
          db.prepare("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1"),
        ]);
        if ((known?.results.length ?? 0) > 0) return false;
        const head = headSchema.parse(last?.results)[0] ?? { seq: 0, hash: "" };
        const unsealed = {
          seq: head.seq + 1,
          deed,
          at: now(),
          actor,
          action,
          subject,
          facts: JSON.stringify(facts),
          previous: head.hash,
        };
        try {
          await insert({ ...unsealed, hash: await hashEntry(unsealed) });
          return true;
        } catch (error) {
          const isLate = error instanceof Error && /grows at its end|UNIQUE/.test(error.message);
          if (!isLate || attempt >= auditAttempts) throw error;
          await scheduler.wait(Math.random() * Math.min(auditMaxWaitMs, 5 * attempt));
        }
      }
    },

    /** In order, after `after`; with a `subject` only what is about it. */
    async list(after: number, limit: number, subject?: string): Promise<AuditEntry[]> {
      const { results } = await db
        .prepare("SELECT * FROM audit WHERE seq > ?1 AND (?3 IS NULL OR subject = ?3) ORDER BY seq LIMIT ?2")
        .bind(after, limit, subject ?? null)
        .all();
      return z.array(auditEntrySchema).parse(results);
    },

    /** The newest, in order. */
    async latest(limit: number, subject?: string): Promise<AuditEntry[]> {
      const { results } = await db
        .prepare("SELECT * FROM audit WHERE ?2 IS NULL OR subject = ?2 ORDER BY seq DESC LIMIT ?1")
        .bind(limit, subject ?? null)
        .all();
      return z.array(auditEntrySchema).parse(results).toReversed();
    },
  };

  async function insert(entry: AuditEntry): Promise<void> {
    const { seq, deed, at, actor, action, subject, facts, previous, hash } = entry;
    await db
      .prepare(
        "INSERT INTO audit (seq, deed, at, actor, action, subject, facts, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      )
      .bind(seq, deed, at, actor, action, subject, facts, previous, hash)
      .run();
  }
}
export type Audit = ReturnType<typeof createAudit>;

const headSchema = z.array(z.object({ seq: z.number(), hash: z.string() }));

/** The person who wrote a command, as the audit names them. */
export function actorOf({ conversation, author }: Command): string {
  return `${conversation.platform}:${author.id}`;
}
