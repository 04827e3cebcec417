import * as z from "zod/mini";
import { parseButtonId } from "../../shared/button.ts";
import type { Conversation } from "../../shared/conversation.ts";
import type { Incoming } from "../platform.ts";
import { commandId } from "./command-id.ts";
import { authorOf, filled, type InteractionContext, personSchema, teamIdOf } from "./interaction.ts";
import type { OpenView } from "./open-view.ts";
import { repositoryForm } from "./repository-form.ts";
import { readResponseUrl } from "./response-url.ts";

const pressSchema = z.object({
  ...personSchema,
  trigger_id: z.optional(z.string()),
  container: z.object({
    message_ts: z.optional(z.string()),
    thread_ts: z.optional(z.string()),
    is_ephemeral: z.optional(z.boolean()),
  }),
  channel: z.object({ id: filled }),
  /** Absent where only one person sees the message. */
  message: z.optional(z.object({ ts: z.optional(z.string()), thread_ts: z.optional(z.string()) })),
  response_url: z.optional(z.nullable(z.string())),
  actions: z.array(z.object({ action_id: z.optional(z.string()), action_ts: z.optional(z.string()) })),
});
type Press = z.infer<typeof pressSchema>;

/** A button under one of bugbot's messages: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
export async function readPress(
  payload: unknown,
  { nowMs, apiUrl, openView }: InteractionContext & { openView: OpenView },
): Promise<Incoming> {
  const press = pressSchema.safeParse(payload);
  if (!press.success) return { kind: "ignored", reason: "not a button under a message" };
  const { user, trigger_id: triggerId, actions } = press.data;
  const pressed = actions.find(({ action_id: id }) => parseButtonId(id ?? ""));
  const button = parseButtonId(pressed?.action_id ?? "");
  const conversation = conversationOf(press.data, apiUrl);
  if (!pressed || !button || !conversation) return { kind: "ignored", reason: "not one of bugbot's buttons" };

  const { action, commandId: about, plan } = button;
  if (action === "ask") {
    if (!triggerId) return { kind: "ignored", reason: "nothing to open a form with" };
    const view = repositoryForm({ commandId: about, conversation });
    return { kind: "answer", answer: undefined, after: () => openView(triggerId, view) };
  }
  return {
    kind: "command",
    command: {
      v: 1,
      id: await commandId(triggerId || `${pressed.action_ts} ${user.id} ${pressed.action_id}`),
      name: action,
      text: action === "fix" ? "" : [about, plan].filter(Boolean).join(" "),
      conversation,
      author: authorOf(press.data),
      references: {},
      receivedAt: nowMs,
    },
  };
}

/** The thread of the message with the button. What only one person sees has no thread, and is answered the same way. */
function conversationOf(press: Press, apiUrl: string): Conversation | undefined {
  const { channel, container, message } = press;
  const teamId = teamIdOf(press);
  const messageId = message?.ts || container.message_ts;
  if (!teamId || !messageId) return undefined;
  const threadId = message?.thread_ts || container.thread_ts;
  const place = { platform: "slack" as const, teamId, channelId: channel.id };
  if (!container.is_ephemeral) return { ...place, threadId: threadId || messageId, messageId };
  const responseUrl = readResponseUrl(press.response_url, apiUrl);
  return { ...place, ...(threadId && { threadId }), ...(responseUrl && { responseUrl }) };
}
