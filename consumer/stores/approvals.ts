import * as z from "zod/mini";

const rowSchema = z.pipe(
  z.object({
    conversation_id: z.string(),
    plan: z.string(),
    expires_at: z.number(),
    decision: z.nullable(z.enum(["approved", "declined", "expired"])),
    decided_by: z.nullable(z.string()),
  }),
  z.transform((row) => ({
    conversationId: row.conversation_id,
    plan: row.plan,
    expiresAt: row.expires_at,
    decision: row.decision,
    decidedBy: row.decided_by,
  })),
);
export type Approval = z.infer<typeof rowSchema>;

/** Plans that wait for somebody's approval, in D1 `approvals`. One row decides; every write may be repeated. */
export function createApprovals(db: D1Database) {
  async function find(commandId: string): Promise<Approval | undefined> {
    const row = await db.prepare("SELECT * FROM approvals WHERE command_id = ?").bind(commandId).first();
    return row === null ? undefined : rowSchema.parse(row);
  }

  return {
    find,

    /** Asks for a plan's approval. Another plan takes the place of the one before, with whatever was said to that. */
    async ask(
      commandId: string,
      { conversationId, plan, expiresAt }: Pick<Approval, "conversationId" | "plan" | "expiresAt">,
    ): Promise<void> {
      await db
        .prepare(
          `INSERT INTO approvals (command_id, conversation_id, plan, expires_at) VALUES (?1, ?2, ?3, ?4)
           ON CONFLICT (command_id) DO UPDATE SET plan = ?3, decision = NULL, decided_by = NULL, decided_at = NULL
           WHERE plan <> ?3`,
        )
        .bind(commandId, conversationId, plan, expiresAt)
        .run();
    },

    /** Answers for exactly this plan, once. What stands afterwards is the answer. */
    async decide(
      commandId: string,
      plan: string,
      { decision, by }: { decision: NonNullable<Approval["decision"]>; by: string },
      nowMs: number,
    ): Promise<Approval | undefined> {
      await db
        .prepare(
          `UPDATE approvals SET decision = ?3, decided_by = ?4, decided_at = ?5
           WHERE command_id = ?1 AND plan = ?2 AND decision IS NULL AND (expires_at > ?5 OR ?3 = 'expired')`,
        )
        .bind(commandId, plan, decision, by, nowMs)
        .run();
      return find(commandId);
    },
  };
}
export type Approvals = ReturnType<typeof createApprovals>;
