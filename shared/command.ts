import * as z from "zod/mini";
import { conversationSchema } from "./conversation.ts";

/**
 * `retry` comes from a button or a form only; its text is the id of the command to do again, and words to add to it. `approve` and
 * `decline` come from buttons only; their text is the id of the command that waits, and the plan.
 */
export const commandNames = ["fix", "contextualize", "status", "stop", "help", "retry", "approve", "decline"] as const;

/** The things a report points at, found in its words. */
export const referencesSchema = z.object({
  linearIssueId: z.optional(z.string()),
  linearIssueUrl: z.optional(z.string()),
  githubRepoUrl: z.optional(z.string()),
  postHogSessionId: z.optional(z.string()),
  userEmail: z.optional(z.string()),
});
export type References = z.infer<typeof referencesSchema>;

const fileSchema = z.object({ name: z.string(), url: z.optional(z.string()) });
export type AttachedFile = z.infer<typeof fileSchema>;

/**
 * What travels on the queue `bugbot-commands`: references and text, never files (a message holds 128 KB at most).
 * `id` is derived from the platform's own event id, so an event delivered twice is one command.
 */
export const commandSchema = z.object({
  v: z.literal(1),
  id: z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/)),
  name: z.enum(commandNames),
  /** What follows the command's name; all of it when the name is unknown. */
  text: z.string(),
  conversation: conversationSchema,
  /** `bot`: another app, which the operator has allowed to ask. */
  author: z.object({ id: z.string(), name: z.optional(z.string()), bot: z.optional(z.boolean()) }),
  /** The message a context menu or shortcut was used on: it is the report, and its author the reporter. */
  report: z.optional(z.object({ text: z.string(), author: z.string() })),
  /** When the message that the command was used on, replies to or quotes was written, in ms since the epoch. */
  reportedAt: z.optional(z.number()),
  /** What is attached to the message: named, and never opened. */
  files: z.optional(z.array(fileSchema)),
  references: referencesSchema,
  /** Its answer is for its author's eyes alone. */
  forAsker: z.optional(z.boolean()),
  /** Its author has sent too much: it is refused, with when to try again, in ms since the epoch. */
  heldUntil: z.optional(z.number()),
  /** Milliseconds since the epoch. */
  receivedAt: z.number(),
});
export type Command = z.infer<typeof commandSchema>;
