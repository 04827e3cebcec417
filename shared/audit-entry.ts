import * as z from "zod/mini";

/** What happened, before it has its place in the chain. `facts` is JSON, kept as the text that is hashed. */
export const unsealedEntrySchema = z.object({
  deed: z.string(),
  /** Milliseconds since the epoch. */
  at: z.number(),
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  facts: z.string(),
});
export type UnsealedEntry = z.infer<typeof unsealedEntrySchema>;

/** One line of the audit. */
export const auditEntrySchema = z.extend(unsealedEntrySchema, {
  seq: z.number(),
  /** The hash of the entry before; empty for the first. */
  previous: z.string(),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** SHA-256, in hex, of everything in an entry but the hash itself. */
export async function hashEntry(entry: Omit<AuditEntry, "hash">): Promise<string> {
  const { seq, deed, at, actor, action, subject, facts, previous } = entry;
  return sha256(JSON.stringify([seq, deed, at, actor, action, subject, facts, previous]));
}

/** In hex. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
