import * as z from "zod/mini";
import { Failure } from "../../shared/failure.ts";
import { codeSearches } from "../../shared/limits.ts";
import { parseJson } from "../../shared/parse-json.ts";
import { type CodeHit, codeHitSchema } from "../clients/github-code.ts";
import type { CodeSearches } from "../evidence/find-code.ts";
import type { Entries } from "./forgive-kv.ts";

const windowMs = 60_000;
const hitsSchema = z.array(codeHitSchema);

/** Searches that were made are known for a while, in KV; new ones share one window among all isolates, in D1. */
export function createCodeSearches(db: D1Database, kv: Entries, now: () => number): CodeSearches {
  return {
    async hits(repository, term, search) {
      const key = await keyOf(repository, term);
      const known = hitsSchema.safeParse(parseJson((await kv.get(key)) ?? ""));
      if (known.success) return known.data;
      await take();
      const hits: CodeHit[] = await search();
      await kv.put(key, JSON.stringify(hits), { expirationTtl: codeSearches.keptSeconds });
      return hits;
    },
  };

  /** Throws a `Failure` that says when there is room again. */
  async function take(): Promise<void> {
    const at = now();
    const [, inserted, oldest] = await db.batch<{ at: number | null }>([
      db.prepare("DELETE FROM code_searches WHERE at <= ?").bind(at - windowMs),
      db
        .prepare(
          "INSERT INTO code_searches (at) SELECT ?1 WHERE (SELECT COUNT(*) FROM code_searches) < ?2 RETURNING at",
        )
        .bind(at, codeSearches.perMinute),
      db.prepare("SELECT MIN(at) AS at FROM code_searches"),
    ]);
    if (inserted && inserted.results.length > 0) return;
    throw new Failure("github_rate_limited", {
      reply: "GitHub allows ten code searches a minute, and they are used up.",
      retry: true,
      retryAfterMs: Math.max(1000, (oldest?.results[0]?.at ?? at) + windowMs - at),
    });
  }
}

/** KV keys are short, and a term may hold anything. */
async function keyOf(repository: string, term: string): Promise<string> {
  const bytes = new TextEncoder().encode(`${repository}\n${term}`.toLowerCase());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `code-search:${Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
