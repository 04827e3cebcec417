import * as z from "zod/mini";
import { maxTextLength } from "../../shared/limits.ts";
import { slackTime } from "../../shared/message-time.ts";
import { findReferences } from "../../shared/references/reference.ts";
import { slackFiles, slackQuotedAt, slackWords } from "../../shared/slack-message.ts";
import type { Incoming } from "../platform.ts";
import { commandId } from "./command-id.ts";
import { authorOf, filled, type InteractionContext, personSchema, teamIdOf } from "./interaction.ts";
import { readResponseUrl } from "./response-url.ts";

const shortcutSchema = z.object({
  ...personSchema,
  callback_id: z.string(),
  trigger_id: filled,
  channel: z.object({ id: filled }),
  message: z.object({
    ts: filled,
    thread_ts: z.optional(z.string()),
    user: z.optional(z.nullable(z.string())),
    username: z.optional(z.nullable(z.string())),
    bot_id: z.optional(z.nullable(z.string())),
    text: z.optional(z.nullable(z.string())),
    attachments: z.optional(z.unknown()),
    blocks: z.optional(z.unknown()),
    files: z.optional(z.unknown()),
  }),
  response_url: z.optional(z.nullable(z.string())),
});

/** "Fix with bugbot" in a message's menu: https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload */
export async function readShortcut(payload: unknown, { nowMs, apiUrl }: InteractionContext): Promise<Incoming> {
  const shortcut = shortcutSchema.safeParse(payload);
  if (!shortcut.success) return { kind: "ignored", reason: "not a shortcut on a message" };
  const { callback_id: callbackId, trigger_id: triggerId, channel, message } = shortcut.data;
  const teamId = teamIdOf(shortcut.data);
  if (callbackId !== "fix_with_bugbot" || !teamId) return { kind: "ignored", reason: "another shortcut" };

  const text = slackWords(message, Boolean(message.bot_id)).slice(0, maxTextLength);
  const files = slackFiles(message.files);
  // bugbot may not be a member of the channel: this URL then is the one way to say so.
  const responseUrl = readResponseUrl(shortcut.data.response_url, apiUrl);
  return {
    kind: "command",
    command: {
      v: 1,
      id: await commandId(triggerId),
      name: "fix",
      text: "",
      conversation: {
        platform: "slack",
        teamId,
        channelId: channel.id,
        threadId: message.thread_ts || message.ts,
        messageId: message.ts,
        ...(responseUrl && { responseUrl }),
      },
      author: authorOf(shortcut.data),
      report: { text, author: message.user || message.username || message.bot_id || "unknown" },
      reportedAt: slackQuotedAt(message) ?? slackTime(message.ts),
      ...(files.length > 0 && { files }),
      references: findReferences(text),
      receivedAt: nowMs,
    },
  };
}
