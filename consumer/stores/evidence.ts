import * as z from "zod/mini";
import { cardSchema } from "../../shared/api.ts";
import type { Card } from "../evidence/card.ts";

const rowSchema = z.object({ comment_generation: z.number() });

/** The newest card of each issue, in D1 `evidence`; `subject` is the issue's id, or the conversation's where there is none. */
export function createEvidence(db: D1Database) {
  return {
    async find(subject: string): Promise<Card | undefined> {
      const row = await db.prepare("SELECT card FROM evidence WHERE subject = ?").bind(subject).first("card");
      if (typeof row !== "string") return undefined;
      // A card that an older version wrote in another shape is as good as none.
      return cardSchema.safeParse(JSON.parse(row)).data;
    },

    async save(subject: string, card: Card, nowMs: number): Promise<void> {
      await db
        .prepare(
          `INSERT INTO evidence (subject, card, updated_at) VALUES (?1, ?2, ?3)
           ON CONFLICT (subject) DO UPDATE SET card = ?2, updated_at = ?3`,
        )
        .bind(subject, JSON.stringify(card), nowMs)
        .run();
    },

    /** How many of an issue's comments people have deleted, as far as that was noticed. */
    async generation(issueId: string): Promise<number> {
      const row = await db.prepare("SELECT comment_generation FROM evidence WHERE subject = ?").bind(issueId).first();
      return row === null ? 0 : rowSchema.parse(row).comment_generation;
    },

    async keepGeneration(issueId: string, generation: number): Promise<void> {
      await db
        .prepare("UPDATE evidence SET comment_generation = max(comment_generation, ?2) WHERE subject = ?1")
        .bind(issueId, generation)
        .run();
    },
  };
}
export type Evidence = ReturnType<typeof createEvidence>;
