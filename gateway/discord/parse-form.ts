import * as z from "zod/mini";
import { parseButtonId } from "../../shared/button.ts";
import type { Incoming } from "../platform.ts";
import { deferring, repositoryInput, tellAsker } from "./answers.ts";
import { commandFrom, type Interaction } from "./interaction.ts";
import { howToNameRepository, repositoryUrl } from "./repository-url.ts";

const inputSchema = z.object({ custom_id: z.string(), value: z.string() });

/** A submitted form, which Discord calls a modal: each input in its label. */
const dataSchema = z.object({
  custom_id: z.string(),
  components: z.array(z.object({ component: z.optional(z.unknown()) })),
});

export function parseForm(interaction: Interaction): Incoming {
  const { data, success } = dataSchema.safeParse(interaction.data);
  const button = success ? parseButtonId(data.custom_id) : undefined;
  if (!success || button?.action !== "ask") {
    return { kind: "answer", answer: tellAsker("I do not know this form.") };
  }
  const inputs = data.components.flatMap(({ component }) => inputSchema.safeParse(component).data ?? []);
  const input = inputs.find(({ custom_id: id }) => id === repositoryInput);
  const githubRepoUrl = repositoryUrl(input?.value ?? "");
  if (!githubRepoUrl) return { kind: "answer", answer: tellAsker(howToNameRepository) };
  const text = `${button.commandId} ${githubRepoUrl}`;
  return deferring(commandFrom(interaction, { name: "retry", text, references: { githubRepoUrl } }));
}
