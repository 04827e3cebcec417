import * as z from "zod/mini";
import { messageMenus } from "../../shared/discord-commands.ts";
import {
  discordAuthor,
  discordFiles,
  discordMessageSchema,
  discordWords,
  discordWrittenAt,
} from "../../shared/discord-message.ts";
import { maxTextLength } from "../../shared/limits.ts";
import { findReferences } from "../../shared/references/reference.ts";
import type { Incoming } from "../platform.ts";
import { deferring } from "./answers.ts";
import { commandFrom, idSchema, type Interaction } from "./interaction.ts";

export const contextMenuSchema = z.object({
  type: z.literal(3),
  name: z.enum([messageMenus.fix, messageMenus.contextualize]),
  target_id: idSchema,
  resolved: z.object({ messages: z.record(z.string(), discordMessageSchema) }),
});

/** Nothing when Discord did not send the message along. */
export function parseContextMenu(
  interaction: Interaction,
  { name, target_id: messageId, resolved }: z.infer<typeof contextMenuSchema>,
): Incoming | undefined {
  const message = new Map(Object.entries(resolved.messages)).get(messageId);
  if (!message) return undefined;
  const text = discordWords(message, { embeds: true }).slice(0, maxTextLength);
  const files = discordFiles(message);
  const command = commandFrom(interaction, {
    name: name === messageMenus.fix ? "fix" : "contextualize",
    text: "",
    report: { text, author: discordAuthor(message) },
    reportedAt: discordWrittenAt(message, messageId),
    ...(files.length > 0 && { files }),
    references: findReferences([text, ...files.map((file) => file.name)].join("\n")),
    messageId,
  });
  return deferring(command);
}
