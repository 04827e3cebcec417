import * as z from "zod/mini";
import { sha256 } from "../../shared/audit-entry.ts";

const keySchema = z.pipe(
  z.object({
    id: z.string(),
    name: z.string(),
    created_at: z.number(),
    expires_at: z.number(),
    last_used_at: z.nullable(z.number()),
    revoked_at: z.nullable(z.number()),
    replaced_by: z.nullable(z.string()),
  }),
  z.transform((row) => ({
    id: row.id,
    name: row.name,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
    replacedBy: row.replaced_by,
  })),
);
/** Times are in ms since the epoch. */
export type ApiKey = z.infer<typeof keySchema>;

/** A use is noted at most this often. */
const useNoteMs = 60_000;

/** API keys, in D1 `api_keys`. The key itself is seen once, where it is made. */
export function createApiKeys(db: D1Database) {
  async function find(id: string): Promise<ApiKey | undefined> {
    const row = await db.prepare("SELECT * FROM api_keys WHERE id = ?").bind(id).first();
    return row === null ? undefined : keySchema.parse(row);
  }

  return {
    find,

    async create(name: string, nowMs: number, expiresAt: number): Promise<{ id: string; key: string }> {
      const random = crypto.getRandomValues(new Uint8Array(32));
      const key = `bm_${Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
      const id = crypto.randomUUID().slice(0, 8);
      await db
        .prepare("INSERT INTO api_keys (id, name, hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?)")
        .bind(id, name, await sha256(key), nowMs, expiresAt)
        .run();
      return { id, key };
    },

    async list(): Promise<ApiKey[]> {
      const { results } = await db.prepare("SELECT * FROM api_keys ORDER BY created_at DESC LIMIT 200").all();
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

    /** The old one ends at `endsAt`, or sooner where it would have anyway. */
    async replace(id: string, replacedBy: string, endsAt: number): Promise<void> {
      await db
        .prepare("UPDATE api_keys SET replaced_by = ?2, expires_at = min(expires_at, ?3) WHERE id = ?1")
        .bind(id, replacedBy, endsAt)
        .run();
    },

    async revoke(id: string, nowMs: number): Promise<void> {
      await db.prepare("UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL").bind(nowMs, id).run();
    },
  };
}
export type ApiKeys = ReturnType<typeof createApiKeys>;
