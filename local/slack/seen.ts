import * as z from "zod";
import { richTextSchema, seenRichText } from "./rich-text.ts";
import type { SlackMessage, SlackWorkspace } from "./workspace.ts";

/** One message as a person sees it. */
export interface SeenMessage {
  ts: string;
  author: string;
  text: string;
  /** ":eyes:", once per person who reacted. */
  reactions: string[];
  buttons: string[];
  edits: number;
  files?: { name: string; content: string }[];
}

export function seenMessage(message: SlackMessage, { users }: SlackWorkspace): SeenMessage {
  const { blocks = [], text, ts, user, edits, files } = message;
  const parts = blocks.map(readBlock);
  const words = parts.map((part) => part.text).filter((part) => part !== "");
  return {
    ts,
    author: users.get(user)?.name ?? message.username ?? user,
    text: words.length > 0 ? words.join("\n") : text,
    reactions: message.reactions.flatMap(({ name, users: by }) => by.map(() => `:${name}:`)),
    buttons: parts.flatMap((part) => part.buttons),
    edits: edits.length,
    ...(files && { files: files.map(({ name, content = "" }) => ({ name, content })) }),
  };
}

const textObject = z.object({ text: z.string() });
const blockSchema = z.object({
  text: z.union([z.string(), textObject]).optional(),
  fields: z.array(textObject).optional(),
  /** A plan's. */
  title: z.string().optional(),
  tasks: z.array(z.object({ title: z.string(), status: z.string() })).optional(),
  accessory: z.object({ type: z.string(), text: textObject.optional() }).optional(),
  elements: z.array(z.object({ type: z.string(), text: z.union([z.string(), textObject]).optional() })).optional(),
});

/** What of a Block Kit block is words, and what is a button. */
function readBlock(block: unknown): { text: string; buttons: string[] } {
  const rich = richTextSchema.safeParse(block).data;
  if (rich) return { text: seenRichText(rich), buttons: [] };
  const { text, fields = [], elements = [], accessory, title, tasks = [] } = blockSchema.safeParse(block).data ?? {};
  const wordsOf = (value: string | { text: string } | undefined) => (typeof value === "object" ? value.text : value);
  const pressable = [...elements, ...(accessory ? [accessory] : [])];
  const quiet = elements.filter(({ type }) => type !== "button").map((element) => wordsOf(element.text));
  const plan = [title, ...tasks.map((task) => `\n[${task.status}] ${task.title}`)];
  const words = [wordsOf(text), ...fields.map(wordsOf), ...quiet, ...plan].filter((part) => part !== undefined);
  const buttons = pressable.filter(({ type }) => type === "button").map((button) => wordsOf(button.text) ?? "");
  return { text: words.join(" "), buttons };
}
