import { randomUUID } from "node:crypto";
import type { Miniflare } from "miniflare";
import * as z from "zod/mini";

/** Where the egress is, and the database it looks leases up in. */
interface Place {
  database: () => ReturnType<Miniflare["getD1Database"]>;
  egressUrl: string;
  repository: string;
  until: <T>(find: () => Promise<T | undefined>) => Promise<T>;
}

interface Terms {
  branch?: string;
  headBefore?: string | null;
  maxUsd?: number;
}

export const headers = {
  "x-api-key": "placeholder",
  "anthropic-version": "2023-06-01",
  "content-type": "application/json",
};
/** What is asked of the model, but for the words. */
export const question = { model: "claude-sonnet-5-5", max_tokens: 1000, tools: [{ name: "Read" }] };

/** A run's lease without the run: what a container could do with it is done by the test. */
export async function lend(world: Place, { branch = "bugbot/bug-1", headBefore = null, maxUsd = 5 }: Terms = {}) {
  const db = await world.database();
  const id = randomUUID();
  const commandId = `test-${id}`;
  // The watchdog closes the leases of commands that are over, or that nobody knows.
  await db
    .prepare(
      `INSERT INTO commands (id, name, text, conversation_id, author_id, received_at, started_at)
       VALUES (?1, 'fix', '', ?1, '', ?2, ?2)`,
    )
    .bind(commandId, Date.now() + 3_600_000)
    .run();
  await db
    .prepare(
      `INSERT INTO leases (id, command_id, repository, branch, head_before, models, expires_at, max_micro_usd, opened_at)
       VALUES (?, ?, ?, ?, ?, 'sonnet,haiku', ?, ?, ?)`,
    )
    .bind(id, commandId, world.repository, branch, headBefore, Date.now() + 600_000, maxUsd * 1e6, Date.now())
    .run();
  return {
    commandId,
    git: `${world.egressUrl}/${id}/git/${world.repository}.git`,
    registry: `${world.egressUrl}/${id}/registry`,
    model: `${world.egressUrl}/${id}/model/v1/messages`,
    ask: (body: object, init: RequestInit = {}, path = "/v1/messages") =>
      fetch(`${world.egressUrl}/${id}/model${path}`, {
        method: "POST",
        headers,
        body: JSON.stringify({ ...question, ...body }),
        ...init,
      }),
    close: () => db.prepare("UPDATE leases SET closed_at = 1 WHERE id = ?").bind(id).run(),
    expire: () => db.prepare("UPDATE leases SET expires_at = 1 WHERE id = ?").bind(id).run(),
    /** In millionths of a dollar, once all that was asked is settled. */
    spent: () =>
      world.until(async () => {
        const row = spentSchema.parse(
          await db
            .prepare(
              `SELECT spent_micro_usd, (SELECT count(*) FROM model_calls WHERE lease_id = leases.id) AS calls,
               (SELECT count(*) FROM model_calls WHERE lease_id = leases.id AND settled_at IS NULL) AS open FROM leases WHERE id = ?`,
            )
            .bind(id)
            .first(),
        );
        return row.open === 0 ? row : undefined;
      }),
  };
}
const spentSchema = z.object({ spent_micro_usd: z.number(), calls: z.number(), open: z.number() });
