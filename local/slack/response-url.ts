import { randomUUID } from "node:crypto";
import * as z from "zod";
import { SlackError } from "./arguments.ts";
import type { SlackMessage, SlackWorkspace } from "./workspace.ts";
import { contentOf } from "./writing.ts";

/** https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
const lifeMs = 30 * 60_000;
const maxUses = 5;
const maxCharacters = 40_000;

export interface ResponseUrl {
  /** Whose eyes an ephemeral answer is for. */
  user: string;
  channel: string;
  /** The message with the button. */
  messageTs?: string;
  /** Milliseconds since the epoch. */
  at: number;
  uses: number;
}
type Origin = "commands" | "actions" | "app";

const answerSchema = z.looseObject({
  response_type: z.enum(["ephemeral", "in_channel"]).default("ephemeral"),
  replace_original: z.boolean().default(false),
  delete_original: z.boolean().default(false),
  thread_ts: z.string().optional(),
});

/** A new URL's path on the server. */
export function addResponseUrl(
  workspace: SlackWorkspace,
  origin: Origin,
  about: Pick<ResponseUrl, "user" | "channel" | "messageTs">,
): string {
  const path = `/${origin}/${workspace.teamId}/${workspace.responseUrls.size + 1}/${randomUUID().replaceAll("-", "")}`;
  workspace.responseUrls.set(path, { ...about, at: Date.now(), uses: 0 });
  return path;
}

/** Whether that is a response URL's path, of these times or not. */
export function isResponseUrl(path: string): boolean {
  return /^\/(commands|actions|app)\//.test(path);
}

/** What an app says at a response URL. */
export function answerAtResponseUrl(workspace: SlackWorkspace, path: string, body: unknown): Response {
  const url = workspace.responseUrls.get(path);
  if (!url || Date.now() - url.at > lifeMs) return refuse("expired_url", 404);
  if (url.uses >= maxUses) return refuse("used_url", 404);
  const given = answerSchema.safeParse(body);
  const channel = workspace.channels.get(url.channel);
  if (!given.success || !channel) return refuse("invalid_payload", 400);
  try {
    const original = channel.messages.find(({ ts, user }) => ts === url.messageTs && user === workspace.bot.id);
    if (given.data.delete_original && original) channel.messages.splice(channel.messages.indexOf(original), 1);
    else if (given.data.replace_original && original) replace(original);
    else post();
  } catch (error) {
    if (error instanceof SlackError) return refuse(error.message, 400);
    throw error;
  }
  url.uses += 1;
  return path.startsWith("/commands/") ? new Response("ok") : Response.json({ ok: true });

  function replace(original: SlackMessage): void {
    const content = contentOf(given.data ?? {}, maxCharacters);
    original.edits.push({ text: original.text, ts: workspace.nextTs() });
    Object.assign(original, content);
    if (!content.blocks?.length) delete original.blocks;
  }

  function post(): void {
    if (!url || !channel || !given.data) return;
    const { response_type: type, thread_ts: threadTs } = given.data;
    workspace.post(channel, {
      user: workspace.bot.id,
      botId: workspace.botId,
      ...contentOf(given.data, maxCharacters),
      ...(threadTs && { threadTs }),
      ...(type === "ephemeral" && { ephemeralTo: url.user }),
    });
  }
}

function refuse(error: string, status: number): Response {
  return Response.json({ ok: false, error }, { status });
}
