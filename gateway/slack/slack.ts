import type { Platform } from "../platform.ts";
import { createAcknowledge } from "./acknowledge.ts";
import { createOpenView } from "./open-view.ts";
import { createParseCommand } from "./parse-command.ts";
import { createParseEvent } from "./parse-event.ts";
import { createParseInteraction } from "./parse-interaction.ts";
import { createVerify } from "./verify.ts";

export interface SlackOptions {
  signingSecret: string;
  botToken: string;
  /** `https://slack.com/api`, without a trailing slash. */
  apiUrl: string;
  /** Ids of other bots that may ask. */
  allowedBots: readonly string[];
}

export function createSlack({ signingSecret, botToken, apiUrl, allowedBots }: SlackOptions): Platform {
  return {
    verify: createVerify(signingSecret),
    routes: new Map([
      ["/slack/events", createParseEvent(allowedBots)],
      ["/slack/commands", createParseCommand(apiUrl)],
      ["/slack/interactions", createParseInteraction({ apiUrl, openView: createOpenView(botToken, apiUrl) })],
    ]),
    // https://docs.slack.dev/interactivity/implementing-slash-commands#responding_immediate_response: elsewhere Slack shows no answer.
    tell: (path, words) =>
      path === "/slack/commands" ? { json: { response_type: "ephemeral", text: words } } : undefined,
    acknowledge: createAcknowledge(botToken, apiUrl),
  };
}
