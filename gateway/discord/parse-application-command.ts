import * as z from "zod/mini";
import type { Incoming } from "../platform.ts";
import { tellAsker } from "./answers.ts";
import type { Interaction } from "./interaction.ts";
import { contextMenuSchema, parseContextMenu } from "./parse-context-menu.ts";
import { parseSlashCommand, slashCommandSchema } from "./parse-slash-command.ts";

const dataSchema = z.discriminatedUnion("type", [slashCommandSchema, contextMenuSchema]);

export function parseApplicationCommand(interaction: Interaction): Incoming {
  const { data, success } = dataSchema.safeParse(interaction.data);
  const incoming = success
    ? data.type === 1
      ? parseSlashCommand(interaction, data)
      : parseContextMenu(interaction, data)
    : undefined;
  return incoming ?? { kind: "answer", answer: tellAsker("I do not know this command. `/bugbot help` lists mine.") };
}
