import type { APIActionRowComponent, APIButtonComponent, APIEmbed } from "discord-api-types/v10";
import { buttonId } from "../../shared/button.ts";
import { discordEmbed, discordPartLength, maxLinkLength } from "../../shared/limits.ts";
import { discordMarkdown, withPlainLabels } from "./discord-markdown.ts";
import { type LaidOut, layOut } from "./lay-out.ts";
import { readMarkdown } from "./read-markdown.ts";
import { buttonLabels, type Reply } from "./reply.ts";
import { splitWords } from "./split-words.ts";
import { type Block, paragraph, withoutLinks } from "./words.ts";

/** https://discord.com/developers/docs/resources/message#create-message */
export interface DrawnMessage {
  content: string;
  embeds: APIEmbed[];
  components: APIActionRowComponent<APIButtonComponent>[];
  flags: number;
  /** Nobody is pinged. */
  allowed_mentions: { parse: [] };
}

/** A headline that begins with one of these stands over an embed of its colour. */
const colours: Readonly<Record<string, number>> = {
  "✅": 0x2ecc71,
  "❌": 0xe74c3c,
  "⏳": 0xf1c40f,
  "⚙️": 0x5865f2,
  "📋": 0x5865f2,
};
/** https://discord.com/developers/docs/resources/message#message-object-message-flags: no previews of the links in it. */
const suppressEmbeds = 4;

type Words = Pick<DrawnMessage, "content" | "embeds">;

/**
 * A reply as the messages Discord shows: the headline is the first one's content, which is all that notifications show, and the
 * rest its embed. What does not fit follows in further messages; the buttons stand under the last.
 */
export function drawReply(reply: Reply): DrawnMessage[] {
  const { laidOut, show } = prepare(reply);
  const all = laidOut.parts.map(show);
  return all.map((words, at) => drawMessage(words, at === all.length - 1 ? reply : undefined));
}

/** Where those would be too many messages: the first one, and the whole of what it begins. */
export function drawBeginning(reply: Reply): { message: DrawnMessage; whole: string } | undefined {
  const { laidOut, show, whole } = prepare(reply);
  if (laidOut.beginning === undefined) return undefined;
  return { message: drawMessage(show(laidOut.beginning, 0), reply), whole };
}

function drawMessage({ content, embeds }: Words, reply?: Reply): DrawnMessage {
  return {
    content,
    embeds,
    components: reply ? rowOf(reply) : [],
    // The flag would hide bugbot's own embeds too.
    flags: embeds.length === 0 ? suppressEmbeds : 0,
    allowed_mentions: { parse: [] },
  };
}

/** What a reply says, laid out, and how each part of that is shown. */
function prepare({ text, card }: Reply): {
  laidOut: LaidOut;
  show: (part: readonly Block[], at: number) => Words;
  whole: string;
} {
  const written = text.trim();
  const [first = "", ...lines] = written.split("\n");
  const [, color] = Object.entries(colours).find(([mark]) => first.startsWith(mark)) ?? [];
  const headline = asContent(read(first));
  const summary = card ? withoutLinks(read(card.summary)) : [];
  const told = read(lines.join("\n"));
  const rest = [...summary, ...told.map((block, at) => (at === 0 ? { ...block, isApart: true } : block))];
  const whole = [written, ...(card?.summary ? [card.summary] : [])].join("\n\n");
  if (color === undefined || headline.length > discordPartLength || (rest.length === 0 && !card)) {
    const laidOut = layOut(read(written), (blocks) => asContent(blocks).length <= discordPartLength);
    return { laidOut, show: (part) => ({ content: asContent(part), embeds: [] }), whole };
  }
  const title = card && { title: titleOf(card.title), url: card.url };
  // A card's title is shown without words too.
  const fits = (blocks: readonly Block[]) => asDescription(blocks).length <= discordEmbed.descriptionLength;
  const laidOut = rest.length === 0 ? { parts: [[]] } : layOut(rest, fits);
  const show = (part: readonly Block[], at: number): Words => {
    const embed = { color, ...(at === 0 && title), ...(part.length > 0 && { description: asDescription(part) }) };
    return { content: at === 0 ? headline : "", embeds: [embed] };
  };
  return { laidOut, show, whole };
}

function read(markdown: string): Block[] {
  return withoutLinks(readMarkdown(markdown), (url) => url.length > maxLinkLength).map((block) => ({
    ...block,
    spans: withPlainLabels(block.spans),
  }));
}

function asContent(blocks: readonly Block[]): string {
  return discordMarkdown(blocks, { hidesPreviews: true });
}

/** Discord previews no links in an embed. */
function asDescription(blocks: readonly Block[]): string {
  return discordMarkdown(blocks, { hidesPreviews: false });
}

function titleOf(title: string): string {
  const fits = (blocks: readonly Block[]) => asDescription(blocks).length < discordEmbed.titleLength;
  const [all = [], ...more] = splitWords([paragraph({ text: title })], fits);
  return asDescription(all) + (more.length === 0 ? "" : "…");
}

/** https://discord.com/developers/docs/components/reference */
const [row, button, secondary, link] = [1, 2, 2, 5] as const;

function rowOf({ buttons = [], links = [] }: Reply): DrawnMessage["components"] {
  const components = [
    ...buttons.map((pressed) => ({
      type: button,
      style: secondary,
      label: buttonLabels[pressed.action],
      custom_id: buttonId(pressed),
    })),
    ...links.map(({ label, url }) => ({ type: button, style: link, label, url })),
  ];
  return components.length === 0 ? [] : [{ type: row, components }];
}
