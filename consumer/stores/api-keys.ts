import * as z from "zod/mini";
import { keyScopes, type KeyScope } from "../../shared/api.ts";
import { sha256 } from "../../shared/audit-entry.ts";
import type { Audit, Deed } from "./audit.ts";
import { where } from "./where.ts";

const keySchema = z.pipe(
  z.object({
    id: z.string(),
    name: z.string(),
    scope: z.enum(keyScopes),
    created_at: z.number(),
    expires_at: z.number(),
    last_used_at: z.nullable(z.number()),
    revoked_at: z.nullable(z.number()),
    replaced_by: z.nullable(z.string()),
  }),
  z.transform((row) => ({
    id: row.id,
    name: row.name,
    scope: row.scope,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
    replacedBy: row.replaced_by,
  })),
);
/** Times are in ms since the epoch. */
export type ApiKey = z.infer<typeof keySchema>;

export interface NewKey {
  name: string;
  scope: KeyScope;
  /** In ms since the epoch, whole. */
  expiresAt: number;
}

/** A use is noted at most this often. */
const useNoteMs = 60_000;

/** API keys, in D1 `api_keys`. The key itself is seen once, where it is made. Every change is in the audit, or is not made; `by` is who asked. */
export function createApiKeys(db: D1Database, { recordWith }: Pick<Audit, "recordWith">) {
  return {
    async find(id: string): Promise<ApiKey | undefined> {
      const row = await db.prepare("SELECT * FROM api_keys WHERE id = ?").bind(id).first();
      return row === null ? undefined : keySchema.parse(row);
    },

    async create(made: NewKey, by: string, nowMs: number): Promise<{ id: string; key: string }> {
      const { id, key, hash } = await makeKey();
      const { name, scope } = made;
      await recordWith([insert(id, hash, made, nowMs)], [deed(by, "created_key", id, { name, scope })]);
      return { id, key };
    },

    /** Newest first; with `before` those made before that one. */
    async list(limit: number, before?: string): Promise<ApiKey[]> {
      const { sql, values } = where(
        before !== undefined && ["(created_at, id) < (SELECT created_at, id FROM api_keys WHERE id = ?)", before],
      );
      const { results } = await db
        .prepare(`SELECT * FROM api_keys ${sql} ORDER BY created_at DESC, id DESC LIMIT ?`)
        .bind(...values, limit)
        .all();
      return z.array(keySchema).parse(results);
    },

    /** The key this is, while it opens anything; its use is noted. */
    async use(key: string, nowMs: number): Promise<ApiKey | undefined> {
      const row = await db
        .prepare("SELECT * FROM api_keys WHERE hash = ? AND revoked_at IS NULL AND expires_at > ?")
        .bind(await sha256(key), nowMs)
        .first();
      if (row === null) return undefined;
      const known = keySchema.parse(row);
      if ((known.lastUsedAt ?? 0) <= nowMs - useNoteMs) {
        await db.prepare("UPDATE api_keys SET last_used_at = ? WHERE id = ?").bind(nowMs, known.id).run();
      }
      return known;
    },

    /**
     * Makes the one key that replaces `old`, which ends at `endsAt`, or sooner where it would have anyway. Undefined where that one is no
     * longer good, or was replaced already: then no key is made.
     */
    async rotate(
      old: ApiKey,
      { endsAt, expiresAt }: { endsAt: number; expiresAt: number },
      by: string,
      nowMs: number,
    ): Promise<{ id: string; key: string } | undefined> {
      const { id, key, hash } = await makeKey();
      const { name, scope } = old;
      const replaced = db
        .prepare(
          `UPDATE api_keys SET replaced_by = ?2, expires_at = min(expires_at, ?3)
           WHERE id = ?1 AND replaced_by IS NULL AND revoked_at IS NULL AND expires_at > ?4`,
        )
        .bind(old.id, id, endsAt, nowMs);
      const isDone = await recordWith(
        [replaced, insert(id, hash, { name, scope, expiresAt }, nowMs, "changes() > 0")],
        [
          deed(by, "rotated_key", old.id, { name, replacedBy: id, endsAt: Math.min(endsAt, old.expiresAt) }),
          deed(by, "created_key", id, { name, scope, replaces: old.id }),
        ],
      );
      return isDone ? { id, key } : undefined;
    },

    /** False where it is revoked already. */
    async revoke({ id, name }: ApiKey, by: string, nowMs: number): Promise<boolean> {
      const revoked = db
        .prepare("UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL")
        .bind(nowMs, id);
      return recordWith([revoked], [deed(by, "revoked_key", id, { name })]);
    },
  };

  function insert(id: string, hash: string, made: NewKey, nowMs: number, condition = "true"): D1PreparedStatement {
    const { name, scope, expiresAt } = made;
    return db
      .prepare(
        `INSERT INTO api_keys (id, name, scope, hash, created_at, expires_at) SELECT ?, ?, ?, ?, ?, ? WHERE ${condition}`,
      )
      .bind(id, name, scope, hash, nowMs, expiresAt);
  }
}
export type ApiKeys = ReturnType<typeof createApiKeys>;

async function makeKey(): Promise<{ id: string; key: string; hash: string }> {
  const random = crypto.getRandomValues(new Uint8Array(32));
  const key = `bm_${Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  return { id: crypto.randomUUID().slice(0, 8), key, hash: await sha256(key) };
}

function deed(actor: string, action: string, id: string, facts: Deed["facts"] = {}): Deed {
  return { deed: `key ${id} ${action}`, actor, action, subject: id, facts };
}
