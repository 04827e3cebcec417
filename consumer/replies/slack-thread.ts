import type { WebClient } from "@slack/web-api";
import * as z from "zod/mini";
import type { Command } from "../../shared/command.ts";
import { earlierMessages } from "../../shared/limits.ts";
import { slackTime } from "../../shared/message-time.ts";
import { slackFiles, slackQuotedAt, slackWords } from "../../shared/slack-message.ts";
import type { Said } from "./reply.ts";
import { call } from "./slack-client.ts";
import { type PostedRole, slackConversation } from "./slack-command.ts";

const eventType = "bugbot_command";

/** Marks a message as this command's own, so that a repeated attempt finds it. */
export function metadataOf(command: Command, role: PostedRole) {
  return { event_type: eventType, event_payload: { command_id: command.id, role } };
}

/** Marks a stream in the same way: Slack lets one have metadata only when it ends. */
export function streamBlockId({ id }: Command): string {
  return `bugbot:${id}`;
}

const streamSchema = z.object({ ts: z.string(), blocks: z.array(z.object({ block_id: z.optional(z.string()) })) });

const postedSchema = z.object({
  ts: z.string(),
  metadata: z.object({
    event_type: z.literal(eventType),
    event_payload: z.object({ command_id: z.string(), role: z.string() }),
  }),
});

/** What an attempt posted that crashed before it was recorded. */
export interface Posted {
  /** Messages' `ts` by their role. */
  messages: Map<string, string>;
  /** Names of files in the thread. */
  files: Set<string>;
}

export async function findPosted(client: WebClient, command: Command): Promise<Posted> {
  const { channelId: channel, threadId: ts, messageId: after } = slackConversation(command);
  const options = { channel, limit: 100, include_all_metadata: true };
  const { messages = [] } = await call(() =>
    ts === undefined
      ? client.conversations.history(options)
      : client.conversations.replies({ ...options, ts, ...(after !== undefined && { oldest: after }) }),
  );
  const posted: Posted = { messages: new Map(), files: new Set() };
  for (const message of messages) {
    for (const { name } of slackFiles(message.files)) posted.files.add(name);
    const stream = streamSchema.safeParse(message).data;
    if (stream?.blocks.some((block) => block.block_id === streamBlockId(command))) {
      posted.messages.set("status", stream.ts);
    }
    const own = postedSchema.safeParse(message).data;
    if (own?.metadata.event_payload.command_id !== command.id) continue;
    posted.messages.set(own.metadata.event_payload.role, own.ts);
  }
  return posted;
}

const messageSchema = z.object({
  ts: z.string(),
  user: z.optional(z.string()),
  bot_id: z.optional(z.string()),
  username: z.optional(z.string()),
  bot_profile: z.optional(z.object({ name: z.optional(z.string()) })),
});

/** What was said in a thread besides the command: its head, which is mostly the report, and the newest of the rest. */
export async function readEarlier(client: WebClient, command: Command): Promise<Said[]> {
  const { channelId: channel, threadId, messageId } = slackConversation(command);
  const isHead = threadId === messageId;
  // Nothing was said before a mention outside a thread.
  if (threadId === undefined || (isHead && !command.report)) return [];
  const bugbot = await call(() => client.auth.test());
  const said: Said[] = [];
  let cursor: string | undefined;
  do {
    const page = await call(() =>
      client.conversations.replies({ channel, ts: threadId, limit: 200, ...(cursor && { cursor }) }),
    );
    for (const given of page.messages ?? []) {
      const message = messageSchema.safeParse(given).data;
      if (!message || message.ts === messageId) continue;
      const { user, bot_id: botId, username, bot_profile: profile } = message;
      if (user === bugbot.user_id || (botId !== undefined && botId === bugbot.bot_id)) continue;
      const isBot = botId !== undefined;
      const text = slackWords(given, isBot);
      const files = slackFiles(given.files);
      if (text === "" && files.length === 0) continue;
      const author = (isBot ? username || profile?.name || botId : user) ?? "somebody";
      const at = slackQuotedAt(given) ?? slackTime(message.ts);
      said.push({
        author,
        text,
        ...(at !== undefined && { at }),
        ...(isBot && { isBot }),
        ...(files.length > 0 && { files }),
      });
    }
    cursor = page.response_metadata?.next_cursor || undefined;
  } while (cursor !== undefined);
  const [head, ...rest] = said;
  return head ? [head, ...rest.slice(1 - earlierMessages)] : [];
}
