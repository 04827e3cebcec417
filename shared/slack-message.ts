import * as z from "zod/mini";
import type { AttachedFile } from "./command.ts";
import { slackTime } from "./message-time.ts";
import { plainText } from "./slack-plain-text.ts";

/** What a message on Slack says, wherever its author put it: alerts often leave `text` empty. */

const text = z.optional(z.nullable(z.string()));
const list = z.optional(z.nullable(z.array(z.unknown())));

/** A Block Kit block, or anything inside one: https://docs.slack.dev/reference/block-kit/blocks */
const nodeSchema = z.object({
  type: text,
  text: z.optional(z.unknown()),
  url: text,
  elements: list,
  fields: list,
});
/** https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments */
const attachmentSchema = z.object({
  pretext: text,
  author_name: text,
  title: text,
  title_link: text,
  text,
  fallback: text,
  fields: z.optional(z.nullable(z.array(z.object({ title: text, value: text })))),
  blocks: z.optional(z.unknown()),
  /** Set where Slack unfurled a link; of those only a quoted message is the author's words. */
  from_url: text,
  is_msg_unfurl: z.optional(z.boolean()),
  is_share: z.optional(z.boolean()),
  /** When the quoted message was written. */
  ts: z.optional(z.unknown()),
});

/** https://docs.slack.dev/reference/methods/chat.postMessage: Slack takes no more. */
const maxAttachments = 100;
/** A Slack message holds no more. */
const maxFiles = 10;
/** Blocks lie a few levels deep; a stranger's may not end. */
const maxDepth = 8;
/** What is pressed or looked at, not read. */
const silent = new Set(["actions", "button", "overflow", "static_select", "image", "divider"]);
/** Their elements follow each other on one line. */
const inline = new Set(["rich_text_section", "rich_text_preformatted", "rich_text_quote"]);

export interface SlackMessageParts {
  text?: unknown;
  blocks?: unknown;
  attachments?: unknown;
}

/** The words of a message, as plain text. A person's `text` has them all but for what they quote; a bot's may lie anywhere. */
export function slackWords(message: SlackMessageParts, isBot: boolean): string {
  const own = typeof message.text === "string" ? message.text : "";
  const blocks = isBot || own === "" ? readBlocks(message.blocks) : "";
  const attachments = listOf(message.attachments);
  const attached = attachments.slice(0, maxAttachments).map((one) => readAttachment(one, isBot));
  const parts = [own, blocks, ...attached];
  return withoutRepeats(parts.map((part) => (isBot ? plainAlert(part) : plainText(part)).trim())).join("\n");
}

/** When the message that it quotes was written, in ms since the epoch; undefined where it quotes none. */
export function slackQuotedAt({ attachments }: SlackMessageParts): number | undefined {
  for (const attachment of listOf(attachments).slice(0, maxAttachments)) {
    const { data } = attachmentSchema.safeParse(attachment);
    if (data && isQuote(data)) return slackTime(data.ts);
  }
  return undefined;
}

function isQuote({ is_msg_unfurl: unfurled, is_share: shared }: z.infer<typeof attachmentSchema>): boolean {
  return unfurled === true || shared === true;
}

function readBlocks(blocks: unknown): string {
  const nodes = listOf(blocks);
  return lines(nodes.map((node) => readNode(node, 0)));
}

function readNode(node: unknown, depth: number): string {
  if (typeof node === "string") return node;
  const { data } = nodeSchema.safeParse(node);
  if (!data || depth > maxDepth || silent.has(data.type ?? "")) return "";
  const inner = (nodes: unknown[] | null | undefined) => (nodes ?? []).map((one) => readNode(one, depth + 1));
  const own = readNode(data.text, depth + 1) || data.url || "";
  const elements = inner(data.elements);
  return lines([own, ...inner(data.fields), ...(inline.has(data.type ?? "") ? [elements.join("")] : elements)]);
}

function readAttachment(attachment: unknown, isBot: boolean): string {
  const { data } = attachmentSchema.safeParse(attachment);
  if (!data) return "";
  const isQuoted = isQuote(data);
  if (data.from_url && !isQuoted && !isBot) return "";
  const title = [data.title, data.title_link].filter((part) => part).join(" ");
  const fields = (data.fields ?? []).map((field) => [field.title, field.value].filter((part) => part).join(": "));
  const words = lines([data.pretext ?? "", title, data.text ?? "", ...fields, readBlocks(data.blocks)]);
  const said = words || (data.fallback ?? "");
  return isQuoted && said !== "" ? `${data.author_name || "Somebody"} wrote: ${said}` : said;
}

/** A bot's markup: a link's label is often the whole point of it. */
function plainAlert(markup: string): string {
  const labelled = markup.replace(/<(https?:[^|<>]{1,4000})\|([^<>]{1,4000})>/g, (_link, url: string, label: string) =>
    url.includes(label) ? url : `${label} ${url}`,
  );
  return plainText(labelled)
    .replace(/(^|[\s*]):[a-z0-9_+-]{1,50}:(?=[\s*]|$)/gm, "$1")
    .replace(/(^|\s)\*([^*\n]{1,1000})\*(?=[\s:.,]|$)/gm, "$1$2");
}

/** Without the parts that another one holds: a bot's `text` is often its blocks over again. */
function withoutRepeats(parts: readonly string[]): string[] {
  const bare = parts.map((part) => part.replace(/\s+/g, " "));
  return parts.filter((part, at) => {
    const mine = bare[at] ?? "";
    return part !== "" && !bare.some((other, index) => index !== at && holds(other, mine, index < at));
  });
}

function holds(other: string, mine: string, isEarlier: boolean): boolean {
  return other.includes(mine) && (other.length > mine.length || isEarlier);
}

function lines(parts: readonly string[]): string {
  return parts.filter((part) => part.trim() !== "").join("\n");
}

/** https://docs.slack.dev/reference/objects/file-object */
const fileSchema = z.object({ name: z.string().check(z.minLength(1), z.maxLength(500)), permalink: text });

/** What is attached to a message. */
export function slackFiles(files: unknown): AttachedFile[] {
  const given = listOf(files);
  return given.slice(0, maxFiles).flatMap((file) => {
    const { data } = fileSchema.safeParse(file);
    if (!data) return [];
    const isLink = data.permalink && data.permalink.length <= 2_000 && URL.canParse(data.permalink);
    return [{ name: data.name, ...(isLink && data.permalink && { url: data.permalink }) }];
  });
}

/** Nothing where it is no list. The gateway asks this of every message, most of which have none: a schema's refusal costs more than the rest. */
function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
