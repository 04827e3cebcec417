import * as z from "zod/mini";
import { parseButtonId } from "../../shared/button.ts";
import type { Incoming } from "../platform.ts";
import { askForRepository, deferring, tellAsker } from "./answers.ts";
import { commandFrom, type Interaction } from "./interaction.ts";

/** `component_type` 2 is a button; bugbot shows no other component in a message. */
const dataSchema = z.object({ component_type: z.literal(2), custom_id: z.string() });

export function parseButton(interaction: Interaction): Incoming {
  const data = dataSchema.safeParse(interaction.data);
  const button = data.success ? parseButtonId(data.data.custom_id) : undefined;
  if (!button) return { kind: "answer", answer: tellAsker("I do not know this button.") };
  const { action, commandId, plan } = button;
  switch (action) {
    case "ask":
      return { kind: "answer", answer: askForRepository(commandId) };
    case "fix":
      return deferring(commandFrom(interaction, { name: "fix", text: "", references: {} }));
    case "retry": {
      // What was answered to the asker alone is, once more.
      const forAsker = interaction.isPrivate;
      return deferring(
        commandFrom(interaction, { name: action, text: commandId, references: {}, ...(forAsker && { forAsker }) }),
      );
    }
    case "stop":
      return deferring(commandFrom(interaction, { name: action, text: commandId, references: {}, forAsker: true }));
    case "approve":
    case "decline":
      return deferring(
        commandFrom(interaction, { name: action, text: `${commandId} ${plan}`, references: {}, forAsker: true }),
      );
    default:
      return action satisfies never;
  }
}
