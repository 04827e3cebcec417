import { parseJson } from "../../shared/parse-json.ts";
import type { Incoming, Parse } from "../platform.ts";
import { pong } from "./answers.ts";
import { interactionSchema, readInteraction } from "./interaction.ts";
import { parseApplicationCommand } from "./parse-application-command.ts";
import { parseButton } from "./parse-button.ts";
import { parseForm } from "./parse-form.ts";
import { type Suggest, suggestChoices } from "./suggest-choices.ts";

/** https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-interaction-type */
export function createParse(suggest: Suggest): Parse {
  return async (body, nowMs): Promise<Incoming> => {
    const json = parseJson(body);
    if (typeof json !== "object" || json === null) {
      return { kind: "malformed", reason: "the body is not a Discord interaction" };
    }
    if ("type" in json && json.type === 1) return { kind: "answer", answer: pong };

    const raw = interactionSchema.safeParse(json);
    const interaction = raw.success ? readInteraction(raw.data, nowMs) : undefined;
    if (!interaction) return { kind: "ignored", reason: "not an interaction bugbot listens to" };
    if (interaction.user.bot) return { kind: "ignored", reason: "a bot's interaction" };
    switch (interaction.type) {
      case 2:
        return parseApplicationCommand(interaction);
      case 3:
        return parseButton(interaction);
      case 4:
        return { kind: "answer", answer: await suggestChoices(interaction, suggest) };
      case 5:
        return parseForm(interaction);
      default:
        return { kind: "ignored", reason: `interaction type ${interaction.type} is not for bugbot` };
    }
  };
}
