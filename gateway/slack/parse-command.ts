import * as z from "zod/mini";
import { parseWords } from "../../shared/grammar.ts";
import { isWork } from "../../shared/is-work.ts";
import { maxTextLength } from "../../shared/limits.ts";
import { findReferences } from "../../shared/references/reference.ts";
import type { Incoming, Parse } from "../platform.ts";
import { commandId } from "./command-id.ts";
import { filled } from "./interaction.ts";
import { plainText } from "../../shared/slack-plain-text.ts";
import { readResponseUrl } from "./response-url.ts";

const slashCommands = new Set(["/bugbot", "/bm"]);

/** Only what is read of https://docs.slack.dev/interactivity/implementing-slash-commands#app_command_handling */
const formSchema = z.object({
  command: z.string(),
  text: z.optional(z.string()),
  team_id: filled,
  channel_id: filled,
  user_id: filled,
  user_name: z.optional(z.string()),
  trigger_id: filled,
  response_url: z.optional(z.string()),
});

/** `POST /slack/commands`: `/bugbot <command> [words]`. */
export function createParseCommand(apiUrl: string): Parse {
  return async (body, nowMs): Promise<Incoming> => {
    const fields = new URLSearchParams(body);
    // Slack checks the endpoint's certificate now and then.
    if (fields.has("ssl_check")) return { kind: "ignored", reason: "ssl_check" };
    const form = formSchema.safeParse(Object.fromEntries(fields));
    if (!form.success) return { kind: "malformed", reason: "the body is not a slash command" };
    const { command, text = "", team_id: teamId, channel_id: channelId, trigger_id: triggerId } = form.data;
    if (!slashCommands.has(command)) return { kind: "ignored", reason: "another app's command" };

    const words = plainText(text).slice(0, maxTextLength);
    const asked = parseWords(words);
    const responseUrl = readResponseUrl(form.data.response_url, apiUrl);
    // Work is asked for in the open: Slack then shows the channel what was typed. The rest is between bugbot and the asker.
    const isOpen = isWork(asked);
    const { user_id: userId, user_name: userName } = form.data;
    return {
      kind: "command",
      command: {
        v: 1,
        id: await commandId(triggerId),
        ...asked,
        ...(!isOpen && { forAsker: true }),
        conversation: { platform: "slack", teamId, channelId, ...(responseUrl && { responseUrl }) },
        author: { id: userId, ...(userName && { name: userName }) },
        references: findReferences(words),
        receivedAt: nowMs,
      },
      answer: isOpen ? { json: { response_type: "in_channel" } } : undefined,
    };
  };
}
