import { type Proof, proofSchema } from "../../shared/job.ts";

/** The proofs of pushed commits, in D1 `proofs`. `repository` is `owner/name`. */
export function createProofs(db: D1Database) {
  return {
    async find(repository: string, commit: string): Promise<Proof | undefined> {
      const found = await db
        .prepare("SELECT proof FROM proofs WHERE repository = ? AND commit_id = ?")
        .bind(repository.toLowerCase(), commit)
        .first("proof");
      return typeof found === "string" ? proofSchema.safeParse(JSON.parse(found)).data : undefined;
    },

    async save(repository: string, commit: string, proof: Proof, nowMs: number): Promise<void> {
      await db
        .prepare(
          `INSERT INTO proofs (repository, commit_id, proof, made_at) VALUES (?1, ?2, ?3, ?4)
           ON CONFLICT (repository, commit_id) DO UPDATE SET proof = ?3, made_at = ?4`,
        )
        .bind(repository.toLowerCase(), commit, JSON.stringify(proof), nowMs)
        .run();
    },
  };
}
export type Proofs = ReturnType<typeof createProofs>;
