import type {
  APIApplicationCommandAutocompleteResponse,
  APIInteractionResponseChannelMessageWithSource,
  APIInteractionResponseDeferredChannelMessageWithSource,
  APIInteractionResponsePong,
  APIModalInteractionResponse,
} from "discord-api-types/v10";
import { buttonId } from "../../shared/button.ts";
import type { Command } from "../../shared/command.ts";
import type { Answer, Incoming } from "../platform.ts";

/** A message's flag: for the asker's eyes only. */
export const ephemeral = 64;

/** The text input of the form that `ask` opens. */
export const repositoryInput = "repository";

export const pong: Answer = { json: { type: 1 } satisfies APIInteractionResponsePong };

/** "bugbot is thinking…", to everyone, until the consumer writes the answer. */
const deferred: Answer = {
  json: { type: 5 } satisfies APIInteractionResponseDeferredChannelMessageWithSource,
};

const deferredForAsker: Answer = {
  json: { type: 5, data: { flags: ephemeral } } satisfies APIInteractionResponseDeferredChannelMessageWithSource,
};

/** A command, and who will see what the consumer writes of it. */
export function deferring(command: Command): Incoming {
  return { kind: "command", command, answer: command.forAsker ? deferredForAsker : deferred };
}

export function tellAsker(content: string): Answer {
  const message = { content, flags: ephemeral, allowed_mentions: { parse: [] } };
  return { json: { type: 4, data: message } satisfies APIInteractionResponseChannelMessageWithSource };
}

export function choices(found: readonly { name: string; value: string }[]): Answer {
  return { json: { type: 8, data: { choices: [...found] } } satisfies APIApplicationCommandAutocompleteResponse };
}

/** https://discord.com/developers/docs/components/reference#label: action rows in forms are deprecated. */
export function askForRepository(commandId: string): Answer {
  const json = {
    type: 9,
    data: {
      custom_id: buttonId({ action: "ask", commandId }),
      title: "Which repository?",
      components: [
        {
          type: 18,
          label: "Repository",
          description: "The one that has the bug: owner/name, or its GitHub URL",
          component: {
            type: 4,
            custom_id: repositoryInput,
            style: 1,
            placeholder: "owner/name",
            max_length: 200,
            required: true,
          },
        },
      ],
    },
  } satisfies APIModalInteractionResponse;
  return { json };
}
