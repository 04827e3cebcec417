import { cardSchema } from "../../shared/api.ts";
import type { Card } from "../evidence/card.ts";

/** The newest card of each issue, in D1 `evidence`; `subject` is the id, or the conversation's where there is none. */
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
  };
}
export type Evidence = ReturnType<typeof createEvidence>;
