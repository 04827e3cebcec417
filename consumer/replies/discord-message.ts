import type { APIActionRowComponent, APIButtonComponent, APIEmbed } from "discord-api-types/v10";
import { buttonId } from "../../shared/button.ts";
import { discordEmbed, discordPartLength } from "../../shared/limits.ts";
import { type LaidOut, layOut } from "./lay-out.ts";
import { buttonLabels, type Reply } from "./reply.ts";

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
  show: (part: string, at: number) => Words;
  whole: string;
} {
  const [first = "", ...lines] = defuse(text).trim().split("\n");
  const [, color] = Object.entries(colours).find(([mark]) => first.startsWith(mark)) ?? [];
  const headline = withoutPreviews(first);
  const summary = card && quoted(card.summary);
  const rest = [summary, lines.join("\n").trim()].filter((part) => part).join("\n\n");
  if (color === undefined || headline.length > discordPartLength || (rest === "" && !card)) {
    const whole = defuse(text);
    return { laidOut: layOut(whole, discordPartLength), show: (content) => ({ content, embeds: [] }), whole };
  }
  const title = card && { title: cut(defuse(card.title), discordEmbed.titleLength), url: card.url };
  // A card's title is shown without words too.
  const laidOut = rest === "" ? { parts: [""] } : layOut(rest, discordEmbed.descriptionLength);
  const show = (part: string, at: number): Words => {
    const embed = { color, ...(at === 0 && title), ...(part !== "" && { description: part }) };
    return { content: at === 0 ? headline : "", embeds: [embed] };
  };
  return { laidOut, show, whole: `${defuse(text)}${summary ? `\n\n${summary}` : ""}` };
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
