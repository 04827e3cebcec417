import * as z from "zod/mini";
import { messageMenus } from "../../shared/discord-commands.ts";
import { maxTextLength } from "../../shared/limits.ts";
import { findReferences } from "../../shared/references/reference.ts";
import type { Incoming } from "../platform.ts";
import { deferred } from "./answers.ts";
import { commandFrom, idSchema, type Interaction, userSchema } from "./interaction.ts";

const words = z.nullish(z.string());
const wordsSchema = z.object({
  content: words,
  embeds: z.nullish(
    z.array(
      z.object({
        title: words,
        url: words,
        description: words,
        fields: z.nullish(z.array(z.object({ name: words, value: words }))),
      }),
    ),
  ),
  attachments: z.nullish(z.array(z.object({ filename: words }))),
});

/** Only what is read of https://discord.com/developers/docs/resources/message#message-object. */
const messageSchema = z.extend(wordsSchema, {
  author: userSchema,
  /** What a forwarded message says; the message itself is empty then. */
  message_snapshots: z.nullish(z.array(z.object({ message: wordsSchema }))),
});

export const contextMenuSchema = z.object({
  type: z.literal(3),
  name: z.enum([messageMenus.fix, messageMenus.contextualize]),
  target_id: idSchema,
  resolved: z.object({ messages: z.record(z.string(), messageSchema) }),
});

/** Nothing when Discord did not send the message along. */
export function parseContextMenu(
  interaction: Interaction,
  { name, target_id: messageId, resolved }: z.infer<typeof contextMenuSchema>,
): Incoming | undefined {
  const message = new Map(Object.entries(resolved.messages)).get(messageId);
  if (!message) return undefined;
  const parts = [message, ...(message.message_snapshots ?? []).map((snapshot) => snapshot.message)];
  const text = join(parts.flatMap(wordsOf)).slice(0, maxTextLength);
  const files = parts.flatMap(({ attachments }) => attachments ?? []).map(({ filename }) => filename);
  const command = commandFrom(interaction, {
    name: name === messageMenus.fix ? "fix" : "contextualize",
    text: "",
    report: { text, author: message.author.global_name ?? message.author.username },
    references: findReferences(join([text, ...files])),
    messageId,
  });
  return { kind: "command", command, answer: deferred };
}

function wordsOf({ content, embeds }: z.infer<typeof wordsSchema>): (string | null | undefined)[] {
  const embedded = (embeds ?? []).flatMap(({ title, url, description, fields }) => [
    title,
    url,
    description,
    ...(fields ?? []).map((field) => `${field.name ?? ""}: ${field.value ?? ""}`),
  ]);
  return [content, ...embedded];
}

function join(lines: (string | null | undefined)[]): string {
  return lines.filter(Boolean).join("\n");
}
