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
import { richTextSchema } from "./rich-text.ts";
import { type SlackMessage, type SlackWorkspace } from "./workspace.ts";

// https://docs.slack.dev/reference/methods/chat.postMessage and …/chat.update
const maxPostedCharacters = 40_000;
const maxUpdatedCharacters = 4_000;
const maxBlocks = 50;
// https://docs.slack.dev/reference/block-kit/composition-objects/text-object
const maxTextObject = 3_000;
// Not documented: https://github.com/slackapi/bolt-js/issues/2509
const maxBlocksLength = 13_000;

/** The methods that post, change and react. */
export function createWritingMethods(workspace: SlackWorkspace): Record<string, Method> {
  const { bot, botId } = workspace;

  function reactionOf(given: Arguments) {
    const name = textOf(given, "name") ?? "";
    if (!/^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/.test(name)) throw new SlackError("invalid_name");
    if (!textOf(given, "timestamp")) throw new SlackError("no_item_specified");
    const message = messageOf(workspace, channelOf(workspace, given), textOf(given, "timestamp"));
    return { name, message, reaction: message.reactions.find((candidate) => candidate.name === name) };
  }

  return {
    "chat.postMessage": (given) => {
      const channel = channelOf(workspace, given);
      const content = contentOf(given, maxPostedCharacters);
      const asked = textOf(given, "thread_ts");
      const parent = asked === undefined ? undefined : messageOf(workspace, channel, asked, "thread_not_found");
      const threadTs = parent?.threadTs ?? asked;
      const message = workspace.post(channel, { user: bot.id, botId, ...content, ...(threadTs && { threadTs }) });
      return { channel: channel.id, ts: message.ts, message: shownMessage(message, channel, workspace) };
    },
    "chat.postEphemeral": (given) => {
      const channel = channelOf(workspace, given);
      const user = textOf(given, "user") ?? "";
      if (!workspace.users.has(user)) throw new SlackError("user_not_in_channel");
      const threadTs = textOf(given, "thread_ts");
      const content = contentOf(given, maxPostedCharacters);
      const message = { user: bot.id, botId, ...content, ephemeralTo: user, ...(threadTs && { threadTs }) };
      return { message_ts: workspace.post(channel, message).ts };
    },
    "chat.update": (given) => {
      const channel = channelOf(workspace, given);
      const message = messageOf(workspace, channel, textOf(given, "ts"));
      if (message.user !== bot.id) throw new SlackError("cant_update_message");
      if (message.stream?.isOpen) throw new SlackError("streaming_state_conflict");
      const content = contentOf(given, maxUpdatedCharacters);
      message.edits.push({ text: message.text, ts: workspace.nextTs() });
      Object.assign(message, content);
      // A text without blocks replaces the blocks too.
      if (!content.blocks?.length) delete message.blocks;
      const shown = shownMessage(message, channel, workspace);
      return { channel: channel.id, ts: message.ts, text: message.text, message: shown };
    },
    "chat.delete": (given) => {
      const channel = channelOf(workspace, given);
      const message = messageOf(workspace, channel, textOf(given, "ts"));
      if (message.user !== bot.id || message.stream?.isOpen) throw new SlackError("cant_delete_message");
      channel.messages.splice(channel.messages.indexOf(message), 1);
      return { channel: channel.id, ts: message.ts };
    },
    "reactions.add": (given) => {
      const { name, message, reaction } = reactionOf(given);
      if (reaction?.users.includes(bot.id)) throw new SlackError("already_reacted");
      if (reaction) reaction.users.push(bot.id);
      else message.reactions.push({ name, users: [bot.id] });
      return {};
    },
    "reactions.remove": (given) => {
      const { message, reaction } = reactionOf(given);
      if (!reaction?.users.includes(bot.id)) throw new SlackError("no_reaction");
      reaction.users = reaction.users.filter((user) => user !== bot.id);
      message.reactions = message.reactions.filter(({ users }) => users.length > 0);
      return {};
    },
  };
}

export function contentOf(given: Arguments, maxCharacters: number): Pick<SlackMessage, "text" | "blocks" | "metadata"> {
  const blocks = structureOf(given, "blocks", blocksSchema, "invalid_blocks_format");
  const metadata = structureOf(given, "metadata", metadataSchema, "invalid_metadata_format");
  const text = textOf(given, "text") ?? "";
  if (text === "" && !blocks?.length) throw new SlackError("no_text");
  if (text.length > maxCharacters) throw new SlackError("msg_too_long");
  if (blocks) checkBlocks(blocks);
  return { text, ...(blocks && { blocks }), ...(metadata && { metadata }) };
}

const texts = z.union([z.string(), z.object({ text: z.string().min(1).max(maxTextObject) })]).optional();
const textsSchema = z.object({ text: texts, elements: z.array(z.object({ text: texts })).optional() });

function checkBlocks(blocks: z.infer<typeof blocksSchema>): void {
  const isValid = blocks.every(
    (block) => (block.type === "rich_text" ? richTextSchema : textsSchema).safeParse(block).success,
  );
  if (!isValid || blocks.length > maxBlocks) throw new SlackError("invalid_blocks");
  if (JSON.stringify(blocks).length > maxBlocksLength) throw new SlackError("msg_blocks_too_long");
}
