import type { RichTextBlock, RichTextElement } from "@slack/web-api";
import { type Block, joinSpans, runsOf, type Span, textOf } from "./words.ts";

/** https://docs.slack.dev/messaging/formatting-message-text#escaping: what every text of a message is written in but rich text's. */
export function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** As much of a text as `length` characters hold once it is escaped. Never cut inside a character. */
export function cutSlack(text: string, length: number): string {
  let cut = "";
  for (const character of text) {
    const escaped = escapeSlack(character);
    if (cut.length + escaped.length > length) break;
    cut += escaped;
  }
  return cut;
}

/** Words and links, escaped: what notifications show, screen readers read, and programs look at. */
export function fallbackSlack(blocks: readonly Block[]): string {
  return linesOf(blocks, ({ spans }) =>
    joinSpans(spans.map(({ text, url }) => (url ? { text, url } : { text })))
      .map(linkOf)
      .join(""),
  );
}

/** Words alone, escaped. */
export function plainSlack(blocks: readonly Block[]): string {
  return linesOf(blocks, (block) => escapeSlack(textOf(block)));
}

/** https://docs.slack.dev/messaging/formatting-message-text#linking-urls */
function linkOf({ text, url }: Span): string {
  const label = escapeSlack(text);
  return url === undefined ? label : `<${escapeSlack(url).replaceAll("|", "%7C")}|${label.replaceAll("\n", " ")}>`;
}

function linesOf(blocks: readonly Block[], write: (block: Block) => string): string {
  const lines = blocks.flatMap((block, at) => {
    const mark = `${block.isQuoted ? "&gt; " : ""}${markOf(block)}`;
    return [
      ...(block.isApart && at > 0 ? [""] : []),
      ...write(block)
        .split("\n")
        .map((line) => mark + line),
    ];
  });
  return lines.join("\n");
}

/**
 * Blocks as https://docs.slack.dev/reference/block-kit/blocks/rich-text-block: characters and their look apart. Nothing in a text of it
 * formats, links, pings or becomes an emoji.
 */
export function richText(blocks: readonly Block[]): RichTextBlock["elements"] {
  const groups = runsOf(blocks, groupOf);
  return groups.map(({ key, run }, at): RichTextBlock["elements"][number] => {
    const [first] = run;
    const next = groups[at + 1]?.run[0];
    if (key === "quote") return { type: "rich_text_quote", elements: elementsOf(joined(run)) };
    if (first?.kind === "code") {
      // Its border is a quote's.
      const border = first.isQuoted ? { border: 1 as const } : {};
      return { type: "rich_text_preformatted", elements: first.spans.map(charactersOf), ...border };
    }
    if (isListed(first)) {
      return {
        type: "rich_text_list",
        style: "bullet",
        indent: first?.depth ?? 0,
        elements: run.map(({ spans }) => ({ type: "rich_text_section", elements: elementsOf(spans) })),
      };
    }
    // A list has no margin of its own.
    const above = first?.isApart && isListed(groups[at - 1]?.run[0]) ? [newLine] : [];
    const below = next?.isApart && isListed(next) ? [newLine] : [];
    return { type: "rich_text_section", elements: elementsOf([...above, ...joined(run), ...below]) };
  });
}

const newLine: Span = { text: "\n" };

/** What one element of rich text can hold: its neighbours with the same key. */
function groupOf(block: Block): string | Block {
  if (block.kind === "code") return block;
  if (block.isQuoted) return "quote";
  return isListed(block) ? `list ${block.depth ?? 0}` : "words";
}

/** Slack counts from 1 only: what is counted is written as words. */
function isListed(block: Block | undefined): boolean {
  return block?.kind === "item" && block.number === undefined && !block.isQuoted;
}

/** Blocks one below the other, in one element. */
function joined(blocks: readonly Block[]): Span[] {
  return blocks.flatMap((block, at) => {
    const gap = at === 0 ? "" : block.isApart ? "\n\n" : "\n";
    const before = `${gap}${markOf(block)}`;
    return [...(before === "" ? [] : [{ text: before }]), ...block.spans];
  });
}

function markOf({ kind, number, depth = 0 }: Block): string {
  return kind === "item" ? `${"    ".repeat(depth)}${number === undefined ? "•" : `${number}.`} ` : "";
}

function elementsOf(spans: readonly Span[]): RichTextElement[] {
  return joinSpans(spans).map(elementOf);
}

function elementOf({ text, url, bold, italic, code }: Span): RichTextElement {
  const style = { ...(bold && { bold }), ...(italic && { italic }), ...(code && { code }) };
  const styled = Object.keys(style).length > 0 ? { style } : {};
  return url === undefined ? { type: "text", text, ...styled } : { type: "link", url, text, ...styled };
}

function charactersOf({ text }: Span) {
  return { type: "text" as const, text };
}
