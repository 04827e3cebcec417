import * as z from "zod/mini";
import { unsealedEntrySchema } from "./audit-entry.ts";
import { maxTextLength } from "./limits.ts";

/** What `/api` answers, as the consumer writes it and `npx bugbot` reads it. Times are in ms since the epoch. */
export const letterSchema = z.object({
  id: z.string(),
  commandId: z.nullable(z.string()),
  name: z.nullable(z.string()),
  conversation: z.nullable(z.string()),
  error: z.string(),
  attempts: z.number(),
  status: z.enum(["dead", "replayed", "dropped"]),
  diedAt: z.number(),
});
export type ApiLetter = z.infer<typeof letterSchema>;

export const wholeLetterSchema = z.extend(letterSchema, {
  replayedAs: z.nullable(z.string()),
  body: z.string(),
  errors: z.array(z.object({ step: z.string(), attempt: z.number(), error: z.string(), at: z.number() })),
});

export const taskSchema = z.object({
  id: z.string(),
  name: z.string(),
  text: z.string(),
  conversation: z.string(),
  author: z.string(),
  /** Null while it runs. */
  outcome: z.nullable(z.string()),
  receivedAt: z.number(),
  settledAt: z.nullable(z.number()),
  issue: z.nullable(z.string()),
  pullRequestUrl: z.nullable(z.string()),
  costUsd: z.nullable(z.number()),
});
export type ApiTask = z.infer<typeof taskSchema>;

export const wholeTaskSchema = z.extend(taskSchema, {
  startedAt: z.number(),
  endedBy: z.nullable(z.string()),
  reply: z.nullable(z.string()),
  lastWordAt: z.nullable(z.number()),
  lastWordError: z.nullable(z.string()),
  stopRequestedAt: z.nullable(z.number()),
});

/** `read` looks; `admin` does everything. */
export const keyScopes = ["read", "admin"] as const;
export type KeyScope = (typeof keyScopes)[number];

export const apiKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  scope: z.enum(keyScopes),
  createdAt: z.number(),
  expiresAt: z.number(),
  lastUsedAt: z.nullable(z.number()),
  revokedAt: z.nullable(z.number()),
  replacedBy: z.nullable(z.string()),
});
export type ApiKeyInfo = z.infer<typeof apiKeySchema>;

/** The only time a key itself is shown. */
export const newKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  scope: z.enum(keyScopes),
  key: z.string(),
  expiresAt: z.number(),
});

/** What the audit holds and has not sealed yet. */
export const unsealedSchema = z.object({ count: z.number(), entries: z.array(unsealedEntrySchema) });

export const findingSchema = z.object({
  check: z.string(),
  state: z.enum(["ok", "warning", "problem"]),
  detail: z.string(),
  /** What to do about it; empty when all is well. */
  todo: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;

export const diagnosisSchema = z.object({
  findings: z.array(findingSchema),
  /** The names of the migrations that the database has. */
  migrations: z.array(z.string()),
});

const stepSchema = z.object({ lead: z.string(), text: z.string(), url: z.string() });
const claimSchema = z.extend(stepSchema, {
  isNew: z.optional(z.boolean()),
  steps: z.optional(z.array(stepSchema)),
});
const sourceSchema = z.discriminatedUnion("state", [
  z.object({ state: z.literal("found"), value: z.unknown() }),
  z.object({ state: z.literal("missing"), reason: z.string() }),
]);

const suspectSchema = z.object({
  path: z.string(),
  line: z.optional(z.number()),
  url: z.string(),
  reasons: z.array(z.string()),
});
/** A card of evidence, as it is kept and shown: everything in it is untrusted text. */
export const cardSchema = z.object({
  title: z.string(),
  reported: z.array(z.object({ author: z.string(), text: z.string() })),
  threadUrl: z.optional(z.string()),
  sections: z.array(z.object({ title: z.string(), brief: claimSchema, claims: z.array(claimSchema) })),
  suspects: z.optional(z.array(suspectSchema)),
  unknown: z.array(z.string()),
  isUpdate: z.boolean(),
});

export const contextQuestionSchema = z.object({
  text: z.string().check(z.trim(), z.minLength(1), z.maxLength(maxTextLength)),
});

export const contextSchema = z.object({
  card: cardSchema,
  /** What each source gave, or why it gave nothing. */
  findings: z.object({ behaviour: sourceSchema, code: sourceSchema }),
});
export type ApiCard = z.infer<typeof cardSchema>;

export const apiErrorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
