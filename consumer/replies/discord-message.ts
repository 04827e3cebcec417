import type { APIActionRowComponent, APIButtonComponent, APIEmbed } from "discord-api-types/v10";
import { buttonId } from "../../shared/button.ts";
import { discordEmbed, discordPartLength } from "../../shared/limits.ts";
import { buttonLabels, type Reply } from "./reply.ts";
import { splitMarkdown } from "./split-markdown.ts";

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

/**
 * A reply as the messages Discord shows: the headline is the first one's content, which is all that notifications show, and the
 * rest its embed. What does not fit follows in further messages; the buttons stand under the last.
 */
export function drawReply(reply: Reply): DrawnMessage[] {
  const all = wordsOf(reply);
  return all.map(({ content, embeds }, at) => ({
    content,
    embeds,
    components: at === all.length - 1 ? rowOf(reply) : [],
    // The flag would hide bugbot's own embeds too.
    flags: embeds.length === 0 ? suppressEmbeds : 0,
    allowed_mentions: { parse: [] },
  }));
}

function wordsOf({ text, card }: Reply): Pick<DrawnMessage, "content" | "embeds">[] {
  const [first = "", ...lines] = defuse(text).trim().split("\n");
  const [, color] = Object.entries(colours).find(([mark]) => first.startsWith(mark)) ?? [];
  const headline = withoutPreviews(first);
  const summary = card && quoted(card.summary);
  const rest = [summary, lines.join("\n").trim()].filter((part) => part).join("\n\n");
  if (color === undefined || headline.length > discordPartLength || (rest === "" && !card)) {
    return splitMarkdown(defuse(text), discordPartLength).map((content) => ({ content, embeds: [] }));
  }
  const [description, ...more] = splitMarkdown(rest, discordEmbed.descriptionLength);
  const title = card && { title: cut(defuse(card.title), discordEmbed.titleLength), url: card.url };
  return [
    { content: headline, embeds: [{ color, ...title, ...(description !== undefined && { description }) }] },
    ...more.map((part) => ({ content: "", embeds: [{ color, description: part }] })),
  ];
}

/** A zero-width space makes words of what would call people, channels, commands, emoji and times, wherever it was quoted from. */
function defuse(text: string): string {
  return text.replace(/@(?=everyone|here)/g, "@\u200B").replace(/<(?=@|#|\/|a?:|t:|id:)/g, "<\u200B");
}

/** Somebody else's Markdown: its links show where they lead, and its last code block ends. */
function quoted(markdown: string): string {
  const plain = defuse(markdown.trim()).replaceAll("](", "]\u200B(");
  const fences = plain.match(/^```/gm) ?? [];
  return fences.length % 2 === 0 ? plain : `${plain}\n\`\`\``;
}

/** Links in angle brackets, outside code: Discord previews no such link. */
function withoutPreviews(line: string): string {
  return line
    .split(/(`[^`]*`)/)
    .map((part, at) => (at % 2 === 1 ? part : part.replace(/(?<!<)https?:\/\/[^\s<>()]+/g, "<$&>")))
    .join("");
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
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
