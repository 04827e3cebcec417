import * as z from "zod/mini";
import {
  type AuditEntry,
  auditEntrySchema,
  hashEntry,
  type UnsealedEntry,
  unsealedEntrySchema,
} from "../../shared/audit-entry.ts";
import type { Command } from "../../shared/command.ts";
import { auditSealing } from "../../shared/limits.ts";
import { where } from "./where.ts";

export interface Deed {
  /** Names what is recorded once, however often it is told: a command's id and what was done for it. */
  deed: string;
  /** `slack:U1`, `key:ci/0a1b2c3d`, `admin`, `bugbot`, `watchdog`. */
  actor: string;
  action: string;
  /** The command, key or dead letter it is about. */
  subject: string;
  facts?: Record<string, string | number | boolean | null | undefined>;
}

export interface AuditNeeds {
  db: D1Database;
  now: () => number;
  /** Does something after the answer: `waitUntil`. */
  later: (work: () => Promise<void>) => void;
}

/**
 * What happened. It is written to D1 `audit_unsealed`, where nobody waits for anybody, and soon sealed into `audit`: append-only, each entry
 * with the hash of the one before.
 */
export function createAudit({ db, now, later }: AuditNeeds) {
  /** With a `condition`, only where that holds. */
  function entry({ deed, actor, action, subject, facts = {} }: Deed, condition = "true"): D1PreparedStatement {
    return db
      .prepare(
        `INSERT INTO audit_unsealed (deed, at, actor, action, subject, facts) SELECT ?, ?, ?, ?, ?, ? WHERE ${condition} RETURNING deed`,
      )
      .bind(deed, now(), actor, action, subject, JSON.stringify(facts));
  }

  /**
   * Moves what waits into the chain, in its order, unless somebody is at it. Whoever ends looks once more, so nothing is left between two. Nobody
   * is at it for longer than a lease: one that ends later is nobody's.
   */
  async function seal(): Promise<void> {
    const holder = crypto.randomUUID();
    for (let round = 0; round < auditSealing.rounds; round++) {
      const [taken, last, waiting] = await db.batch([
        db
          .prepare(
            `UPDATE audit_sealer SET holder = ?1, held_until = ?2 + ?3
             WHERE (held_until <= ?2 OR held_until > ?2 + ?3 OR holder = ?1) AND EXISTS (SELECT 1 FROM audit_unsealed) RETURNING holder`,
          )
          .bind(holder, now(), auditSealing.leaseMs),
        db.prepare("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1"),
        db.prepare("SELECT * FROM audit_unsealed ORDER BY id LIMIT ?").bind(auditSealing.batch),
      ]);
      if (taken?.results.length === 0) return;
      const entries = await chain(
        z.array(unsealedEntrySchema).parse(waiting?.results),
        headSchema.parse(last?.results)[0],
      );
      try {
        await db.batch([
          db
            .prepare(
              `INSERT INTO audit (seq, deed, at, actor, action, subject, facts, previous, hash)
               SELECT value ->> 'seq', value ->> 'deed', value ->> 'at', value ->> 'actor', value ->> 'action',
                 value ->> 'subject', value ->> 'facts', value ->> 'previous', value ->> 'hash' FROM json_each(?)`,
            )
            .bind(JSON.stringify(entries)),
          db.prepare("UPDATE audit_sealer SET held_until = 0 WHERE holder = ?").bind(holder),
        ]);
      } catch (error) {
        // Another sealer, whose time was over, or an older version was faster: the chain goes on behind what that one wrote.
        if (!(error instanceof Error && /grows at its end|UNIQUE/.test(error.message))) throw error;
      }
    }
  }

  return {
    seal,

    /** Appends an entry, once per `deed`: false where it is there already. */
    record: async (deed: Deed): Promise<boolean> => {
      const [written] = await db.batch([entry(deed)]);
      later(seal);
      return (written?.results.length ?? 0) > 0;
    },

    /** Changes something and records it, both or neither: false where the last of `statements` changed nothing. */
    recordWith: async (statements: D1PreparedStatement[], deeds: readonly Deed[]): Promise<boolean> => {
      const results = await db.batch([...statements, ...deeds.map((deed) => entry(deed, "changes() > 0"))]);
      later(seal);
      return results.slice(statements.length).some(({ results: written }) => written.length > 0);
    },

    /** What is sealed, in order, after `after`; with a `subject` only what is about it. */
    async list(after: number, limit: number, subject?: string): Promise<AuditEntry[]> {
      const { sql, values } = where(["seq > ?", after], subject !== undefined && ["subject = ?", subject]);
      const { results } = await db
        .prepare(`SELECT * FROM audit ${sql} ORDER BY seq LIMIT ?`)
        .bind(...values, limit)
        .all();
      return z.array(auditEntrySchema).parse(results);
    },

    /** What is sealed, newest first; with `before` what is before that `seq`. */
    async latest(limit: number, subject?: string, before?: number): Promise<AuditEntry[]> {
      const { sql, values } = where(
        subject !== undefined && ["subject = ?", subject],
        before !== undefined && ["seq < ?", before],
      );
      const { results } = await db
        .prepare(`SELECT * FROM audit ${sql} ORDER BY seq DESC LIMIT ?`)
        .bind(...values, limit)
        .all();
      return z.array(auditEntrySchema).parse(results);
    },

    /** The oldest that are not sealed yet, in order, and how many there are. */
    async unsealed(limit: number, subject?: string): Promise<{ count: number; entries: UnsealedEntry[] }> {
      const { sql, values } = where(subject !== undefined && ["subject = ?", subject]);
      const [counted, waiting] = await db.batch([
        db.prepare(`SELECT count(*) AS n FROM audit_unsealed ${sql}`).bind(...values),
        db.prepare(`SELECT * FROM audit_unsealed ${sql} ORDER BY id LIMIT ?`).bind(...values, limit),
      ]);
      const [{ n }] = countSchema.parse(counted?.results);
      return { count: n, entries: z.array(unsealedEntrySchema).parse(waiting?.results) };
    },
  };
}
export type Audit = ReturnType<typeof createAudit>;

const headSchema = z.array(z.object({ seq: z.number(), hash: z.string() }));
const countSchema = z.tuple([z.object({ n: z.number() })]);

/** Entries as they follow the chain's last one. */
async function chain(
  waiting: readonly UnsealedEntry[],
  { seq: lastSeq, hash: lastHash } = { seq: 0, hash: "" },
): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  let previous = lastHash;
  for (const [at, written] of waiting.entries()) {
    const next = { seq: lastSeq + at + 1, ...written, previous };
    previous = await hashEntry(next);
    entries.push({ ...next, hash: previous });
  }
  return entries;
}

/** The person who wrote a command, as the audit names them. */
export function actorOf({ conversation, author }: Command): string {
  return `${conversation.platform}:${author.id}`;
}
