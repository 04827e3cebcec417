import * as z from "zod/mini";
import { conversationSchema } from "./conversation.ts";

export const commandNames = ["contextualize", "fix", "status", "stop", "help"] as const;
export type CommandName = (typeof commandNames)[number];

const aliases: Record<string, CommandName> = { context: "contextualize", ctx: "contextualize", cancel: "stop" };

/** The things a report points at, found in its words. */
export const referencesSchema = z.object({
  linearIssueId: z.optional(z.string()),
  linearIssueUrl: z.optional(z.string()),
  githubRepoUrl: z.optional(z.string()),
  postHogSessionId: z.optional(z.string()),
  userEmail: z.optional(z.string()),
});
export type References = z.infer<typeof referencesSchema>;

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
  author: z.object({ id: z.string(), name: z.optional(z.string()) }),
  references: referencesSchema,
  /** Milliseconds since the epoch. */
  receivedAt: z.number(),
});
export type Command = z.infer<typeof commandSchema>;

/** Reads `<command> [words]`. An unknown or missing command is `help`, with every word kept. */
export function parseWords(words: string): { name: CommandName; text: string } {
  const trimmed = words.trim();
  const [first = ""] = trimmed.split(/\s/, 1);
  const word = first.toLowerCase();
  const name =
    commandNames.find((known) => known === word) ?? (Object.hasOwn(aliases, word) ? aliases[word] : undefined);
  return name ? { name, text: trimmed.slice(first.length).trim() } : { name: "help", text: trimmed };
}
