import type { AnyChunk, WebClient } from "@slack/web-api";
import type { Command } from "../../shared/command.ts";
import { maxTaskTitleLength } from "../../shared/limits.ts";
import { readMarkdown } from "./read-markdown.ts";
import type { Doing, Reply } from "./reply.ts";
import { once } from "./slack-client.ts";
import { slackConversation } from "./slack-command.ts";
import { createFeature } from "./slack-feature.ts";
import { drawMessage } from "./slack-message.ts";
import { cutSlack } from "./slack-rich-text.ts";
import { metadataOf, streamBlockId } from "./slack-thread.ts";
import { paragraph } from "./words.ts";

/** What a stream shows already. */
interface Shown {
  stages: string[];
  where: string | undefined;
  hasButtons: boolean;
}

/** Slack has stopped the stream, after five minutes or because somebody pressed its stop button, or we have. */
const stopped = ["message_not_in_streaming_state", "stopped_by_user"];

/**
 * The status message as Slack streams it, a task for each stage: https://docs.slack.dev/ai/developing-ai-apps#streaming.
 * It only grows; what it becomes in the end is an edit, once it is stopped.
 */
export function createStream(client: WebClient) {
  const feature = createFeature();
  /** By `ts`. A stream that another isolate began is none of these. */
  const open = new Map<string, Shown>();

  return {
    /** Posts the message. Undefined where Slack does not stream here. Throws what may pass. */
    async start(command: Command, doing: Doing, reply: Reply): Promise<string | undefined> {
      const { teamId, channelId: channel, threadId } = slackConversation(command);
      if (threadId === undefined) return undefined;
      const shown: Shown = { stages: [], where: undefined, hasButtons: false };
      const [head, ...rest] = drawMessage([paragraph({ text: beginning })]).blocks;
      const answer = await feature(() =>
        client.chat.startStream({
          channel,
          thread_ts: threadId,
          recipient_user_id: command.author.id,
          recipient_team_id: teamId,
          task_display_mode: "plan",
          chunks: [
            ...(head
              ? [{ type: "blocks" as const, blocks: [{ ...head, block_id: streamBlockId(command) }, ...rest] }]
              : []),
            ...chunksOf(shown, doing, reply),
          ],
        }),
      );
      if (answer?.ts) open.set(answer.ts, shown);
      return answer?.ts;
    },

    /** False where there is no stream, or it ended meanwhile: the message has to be edited then. Throws what may pass. */
    async append(command: Command, ts: string, doing: Doing, reply: Reply): Promise<boolean> {
      const shown = open.get(ts);
      if (!shown) return false;
      const { channelId: channel } = slackConversation(command);
      const grown = structuredClone(shown);
      const chunks = chunksOf(grown, doing, reply);
      const answer = await feature(() => client.chat.appendStream({ channel, ts, chunks }));
      if (!answer) return false;
      open.set(ts, grown);
      return true;
    },

    isOpen: (ts: string): boolean => open.has(ts),

    /** Ends it, so that the message can be edited. Done twice, it is the same. */
    async stop(command: Command, ts: string, isAtWork: boolean): Promise<void> {
      const { channelId: channel } = slackConversation(command);
      const metadata = metadataOf(command, "status");
      const session = { session_status: isAtWork ? "processing" : "active" };
      await once(() => client.chat.stopStream({ channel, ts, metadata, ...session }), ...stopped);
      open.delete(ts);
    },
  };
}

/** All that people in a channel see before the end, but for who asked: Slack streams to one of them. */
const beginning = "⚙️ Working on it…";

/** What has to be added to a stream so that it says this. Changes `shown`. */
function chunksOf(shown: Shown, { stage, tool, where, elapsed, cost }: Doing, reply: Reply): AnyChunk[] {
  const before = shown.stages.at(-1);
  const isNewStage = before !== stage;
  if (isNewStage) shown.stages.push(stage);
  const isNewPlace = where !== undefined && shown.where !== where;
  if (isNewPlace) shown.where = where;
  const buttons = shown.hasButtons ? [] : drawMessage([], reply).blocks;
  if (buttons.length > 0) shown.hasButtons = true;
  const facts = [elapsed, cost].filter((fact) => fact !== undefined);
  return [
    ...(buttons.length > 0 ? [{ type: "blocks" as const, blocks: buttons }] : []),
    ...(isNewPlace
      ? [{ type: "blocks" as const, blocks: drawMessage(readMarkdown(`Working on ${where}`)).blocks }]
      : []),
    { type: "plan_update", title: cutSlack(["Working", ...facts].join(" · "), maxTaskTitleLength) },
    ...(isNewStage && before !== undefined ? [task(shown, before, "complete")] : []),
    task(shown, stage, "in_progress", tool),
  ];
}

function task({ stages }: Shown, stage: string, status: "complete" | "in_progress", tool?: string) {
  const title = cutSlack(tool === undefined ? stage : `${stage}: ${tool}`, maxTaskTitleLength);
  return { type: "task_update" as const, id: `stage-${stages.lastIndexOf(stage)}`, title, status };
}
