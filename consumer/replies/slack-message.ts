import type { KnownBlock } from "@slack/web-api";
import { buttonId } from "../../shared/button.ts";
import type { Command } from "../../shared/command.ts";
import { maxLinkLength, slackMessage } from "../../shared/limits.ts";
import { readMarkdown } from "./read-markdown.ts";
import { buttonLabels, type Reply } from "./reply.ts";
import { fallbackSlack, plainSlack, richText } from "./slack-rich-text.ts";
import { splitWords } from "./split-words.ts";
import { type Block, inQuote, paragraph, withoutLinks } from "./words.ts";

/** https://docs.slack.dev/reference/methods/chat.postMessage */
export interface DrawnMessage {
  /** What notifications show, and screen readers read. */
  text: string;
  blocks: KnownBlock[];
}

/** Whether Slack takes these words as one message: it counts what is sent, escapes and structure included. */
export function fitsSlack(blocks: readonly Block[]): boolean {
  const { textLength, blocksLength } = slackMessage;
  return (
    fallbackSlack(blocks).length <= textLength && JSON.stringify(drawMessage(blocks).blocks).length <= blocksLength
  );
}

/** One message as Slack shows it; the buttons of `reply` stand under it. */
export function drawMessage(words: readonly Block[], reply?: Pick<Reply, "buttons" | "links">): DrawnMessage {
  const fine = words.filter(({ kind }) => kind === "fine").map((block) => ({ ...block, isApart: false }));
  const elements = richText(words.filter(({ kind }) => kind !== "fine"));
  return {
    text: fallbackSlack(words),
    blocks: [
      ...(elements.length === 0 ? [] : [{ type: "rich_text" as const, elements }]),
      ...(fine.length === 0 ? [] : [{ type: "context" as const, elements: [plainText(plainSlack(fine))] }]),
      ...actionsOf(reply),
    ],
  };
}

/** A card's title and link are in the text; its summary is quoted below, as somebody else's words. */
export function wordsOf({ text, card }: Pick<Reply, "text" | "card">): Block[] {
  const quoted = card ? inQuote(withoutLinks(readMarkdown(card.summary))) : [];
  const words = [...readMarkdown(text), ...quoted.map((block, at) => (at === 0 ? { ...block, isApart: true } : block))];
  return withoutLinks(words, (url) => url.length > maxLinkLength);
}

/** The same as Markdown, for a file. */
export function wholeOf({ text, card }: Pick<Reply, "text" | "card">): string {
  const lines = card ? card.summary.trim().split("\n") : [];
  return [text, lines.map((line) => `> ${line}`).join("\n")].join("\n\n").trim();
}

/** What stands for a command that left no message: who asked, and for what. */
export function drawAsked({ author, name, text }: Command): DrawnMessage {
  const asked = paragraph({ text: name, bold: true }, { text: ` ${text}` });
  const [words = [], ...more] = splitWords([asked], (blocks) => fitsSlack([...blocks, paragraph({ text: author.id })]));
  const shown = more.length === 0 ? words : [...words, paragraph({ text: "…" })];
  const [first, ...rest] = richText(shown);
  const who = [
    { type: "user" as const, user_id: author.id },
    { type: "text" as const, text: " asks: " },
  ];
  const elements =
    first?.type === "rich_text_section" ? [{ ...first, elements: [...who, ...first.elements] }, ...rest] : [];
  return { text: `<@${author.id}> asks: ${plainSlack(shown)}`, blocks: [{ type: "rich_text", elements }] };
}

function plainText(text: string) {
  return { type: "plain_text" as const, text, emoji: false };
}

function actionsOf({ buttons = [], links = [] }: Pick<Reply, "buttons" | "links"> = {}): KnownBlock[] {
  const elements = [
    ...buttons.map((button) => ({
      type: "button" as const,
      action_id: buttonId(button),
      text: { type: "plain_text" as const, text: buttonLabels[button.action] },
      value: button.commandId,
    })),
    ...links.map(({ label, url }, at) => ({
      type: "button" as const,
      action_id: `open:${at}`,
      text: { type: "plain_text" as const, text: label },
      url,
    })),
  ];
  return elements.length === 0 ? [] : [{ type: "actions", elements }];
}
