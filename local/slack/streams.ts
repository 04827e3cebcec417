import * as z from "zod";
import {
  type Arguments,
  blocksSchema,
  metadataSchema,
  type Method,
  SlackError,
  structureOf,
  textOf,
} from "./arguments.ts";
import { channelOf, messageOf, shownMessage } from "./reading.ts";
import type { AgentSessions } from "./sessions.ts";
import type { SlackMessage, SlackWorkspace } from "./workspace.ts";

/** https://docs.slack.dev/reference/methods/chat.startStream: what may be added to a stream. */
const chunkSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("markdown_text"), text: z.string().min(1).max(12_000) }),
  z.strictObject({ type: z.literal("plan_update"), title: z.string().min(1).max(256) }),
  z.strictObject({ type: z.literal("blocks"), blocks: blocksSchema.max(50) }),
  z.strictObject({
    type: z.literal("task_update"),
    id: z.string().min(1),
    title: z.string().min(1).max(256),
    status: z.enum(["pending", "in_progress", "complete", "error"]),
    details: z.string().optional(),
    output: z.string().optional(),
  }),
]);
type Chunk = z.infer<typeof chunkSchema>;

/** What a stream shows: its blocks, one text, and a plan of tasks that are replaced by their id. */
export interface SlackStream {
  isOpen: boolean;
  chunks: Chunk[];
}

/** Messages that grow. One that is open cannot be edited; one that is over cannot grow. */
export function createStreamMethods(workspace: SlackWorkspace, sessions: AgentSessions): Record<string, Method> {
  const { bot, botId, teamId } = workspace;

  /** The chunks that were given. A text and chunks are never given together. */
  function chunksOf(given: Arguments): Chunk[] {
    const text = textOf(given, "markdown_text");
    const chunks = structureOf(given, "chunks", z.array(chunkSchema), "invalid_chunks") ?? [];
    if (text !== undefined && chunks.length > 0) throw new SlackError("invalid_arguments");
    return text === undefined ? chunks : [{ type: "markdown_text", text }];
  }

  function openStream(given: Arguments) {
    const channel = channelOf(workspace, given);
    const message = messageOf(workspace, channel, textOf(given, "ts"));
    if (message.user !== bot.id) throw new SlackError("message_not_owned_by_app");
    if (!message.stream?.isOpen) throw new SlackError("message_not_in_streaming_state");
    return { channel, message, stream: message.stream };
  }

  return {
    "chat.startStream": (given) => {
      const channel = channelOf(workspace, given);
      const asked = textOf(given, "thread_ts");
      if (asked === undefined) throw new SlackError("invalid_thread_ts");
      const parent = messageOf(workspace, channel, asked, "invalid_thread_ts");
      if (!channel.isIm && !textOf(given, "recipient_team_id")) throw new SlackError("missing_recipient_team_id");
      if (!channel.isIm && !textOf(given, "recipient_user_id")) throw new SlackError("missing_recipient_user_id");
      if ((textOf(given, "recipient_team_id") ?? teamId) !== teamId) throw new SlackError("team_not_found");
      const stream = { isOpen: true, chunks: chunksOf(given) };
      const threadTs = parent.threadTs ?? asked;
      const message = workspace.post(channel, { user: bot.id, botId, text: "", threadTs, stream });
      show(message, stream);
      sessions.set(channel.id, threadTs, "processing");
      return { channel: channel.id, ts: message.ts };
    },
    "chat.appendStream": (given) => {
      const { channel, message, stream } = openStream(given);
      const chunks = chunksOf(given);
      if (chunks.length === 0) throw new SlackError("no_text");
      stream.chunks.push(...chunks);
      show(message, stream);
      return { channel: channel.id, ts: message.ts };
    },
    "chat.stopStream": (given) => {
      const { channel, message, stream } = openStream(given);
      const metadata = structureOf(given, "metadata", metadataSchema, "invalid_metadata_format");
      const blocks = structureOf(given, "blocks", blocksSchema, "invalid_blocks_format");
      stream.chunks.push(...chunksOf(given), ...(blocks ? [{ type: "blocks" as const, blocks }] : []));
      stream.isOpen = false;
      show(message, stream);
      if (metadata) message.metadata = metadata;
      sessions.set(channel.id, message.threadTs ?? message.ts, textOf(given, "session_status") ?? "active");
      return { channel: channel.id, ts: message.ts, message: shownMessage(message, channel, workspace) };
    },
  };
}

function show(message: SlackMessage, { chunks }: SlackStream): void {
  const text = chunks.flatMap((chunk) => (chunk.type === "markdown_text" ? [chunk.text] : [])).join("");
  const titles = chunks.flatMap((chunk) => (chunk.type === "plan_update" ? [chunk.title] : []));
  const tasks = new Map(chunks.flatMap((chunk) => (chunk.type === "task_update" ? [[chunk.id, chunk] as const] : [])));
  const cards = Array.from(tasks.values(), ({ id, title, status }) => ({
    type: "task_card",
    task_id: id,
    title,
    status,
  }));
  message.text = text;
  message.blocks = [
    ...chunks.flatMap((chunk) => (chunk.type === "blocks" ? chunk.blocks : [])),
    ...(text === "" ? [] : [{ type: "markdown", text }]),
    ...(cards.length > 0 || titles.length > 0 ? [{ type: "plan", title: titles.at(-1) ?? "", tasks: cards }] : []),
  ];
}
