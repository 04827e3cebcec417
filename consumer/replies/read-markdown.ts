import type { BlockContent, DefinitionContent, ListItem, PhrasingContent, RootContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { type Block, runsOf, type Span, textOf } from "./words.ts";

/** A line that begins so is fine print, in Discord's Markdown as in replies. */
const finePrint = /^-# /;

type Look = Pick<Span, "bold" | "italic" | "url">;
type Content = RootContent | BlockContent | DefinitionContent;

/**
 * CommonMark and fine print (`-# `) as what they say. A line's end in a paragraph stays one. What chat cannot show, HTML above all, is the
 * text that it was written as.
 */
export function readMarkdown(written: string): Block[] {
  const { markdown, added } = endContainers(written.toWellFormed().replaceAll(stop, ""));
  const blocks: Block[] = [];
  let lastLine = 0;
  for (const node of fromMarkdown(markdown).children) readBlock(node, { isQuoted: false, depth: 0 });
  return blocks.map(withoutStops).filter((block) => textOf(block) !== "");

  function add(node: Content, block: Pick<Block, "kind" | "spans"> & Partial<Block>, isQuoted: boolean): void {
    const { start, end } = node.position ?? { start: { line: 0 }, end: { line: 0 } };
    blocks.push({ isApart: isApart(start.line), isQuoted, ...block });
    lastLine = end.line;
  }

  function isApart(line: number): boolean {
    const between = added.filter((one) => one > lastLine && one < line).length;
    return lastLine > 0 && line - lastLine - 1 > between;
  }

  function readBlock(node: Content, place: { isQuoted: boolean; depth: number; item?: Partial<Block> }): void {
    const { isQuoted, depth, item } = place;
    if (node.type === "blockquote") {
      for (const child of node.children) readBlock(child, { isQuoted: true, depth });
    } else if (node.type === "list") {
      for (const [at, child] of node.children.entries())
        readItem(child, isQuoted, depth, node.ordered ? { number: (node.start ?? 1) + at } : {});
    } else if (node.type === "code") {
      add(node, { kind: "code", spans: [{ text: node.value }], ...languageOf(node.lang) }, isQuoted);
    } else if (node.type === "heading") {
      add(node, { kind: "paragraph", spans: spansOf(node.children, { bold: true }), ...item }, isQuoted);
    } else if (node.type === "paragraph") {
      const lines = sourceOf(node).split("\n");
      if (!isQuoted && depth === 0 && lines.some((line) => finePrint.test(line))) readFinePrint(node, lines);
      else add(node, { kind: "paragraph", spans: spansOf(node.children), ...item }, isQuoted);
    } else {
      add(node, { kind: "paragraph", spans: [{ text: sourceOf(node) }], ...item }, isQuoted);
    }
  }

  function readItem({ children }: ListItem, isQuoted: boolean, depth: number, number: { number?: number }): void {
    for (const [at, child] of children.entries())
      readBlock(child, {
        isQuoted,
        depth: depth + 1,
        ...(at === 0 && { item: { kind: "item" as const, depth: Math.min(depth, deepest), ...number } }),
      });
  }

  function readFinePrint(node: Content, lines: readonly string[]): void {
    let line = node.position?.start.line ?? 0;
    for (const { key: isFine, run } of runsOf(lines, (one) => finePrint.test(one))) {
      for (const words of isFine ? run : [run.join("\n")]) {
        const spans = readMarkdown(words.replace(finePrint, "")).flatMap((block) => [...block.spans]);
        blocks.push({ kind: isFine ? "fine" : "paragraph", spans, isApart: isApart(line), isQuoted: false });
        lastLine = line + (isFine ? 0 : run.length - 1);
        line = lastLine + 1;
      }
    }
  }

  function spansOf(nodes: readonly PhrasingContent[], look: Look = {}): Span[] {
    return nodes.flatMap((node): Span[] => {
      if (node.type === "text") return [{ ...look, text: node.value }];
      if (node.type === "inlineCode") return [{ ...look, text: node.value, code: true }];
      if (node.type === "strong") return spansOf(node.children, { ...look, bold: true });
      if (node.type === "emphasis") return spansOf(node.children, { ...look, italic: true });
      if (node.type === "break") return [{ ...look, text: "\n" }];
      if (node.type === "link") return linked(spansOf(node.children, look), node.url);
      if (node.type === "image") return linked([{ ...look, text: node.alt || node.url }], node.url);
      return [{ ...look, text: sourceOf(node) }];
    });
  }

  function sourceOf({ position }: Content): string {
    return markdown.slice(position?.start.offset, position?.end.offset);
  }
}

/** No platform indents further. */
const deepest = 8;

/** Stands before what would be a mark: none is found after it. It is no character of any text, and is in none that is returned. */
const stop = "\uFDD0";
/** A line that goes further into quotes and lists than anybody reads, and the parser's stack holds. A rule looks like a list, and is none. */
const tooDeep =
  /^(?!(?:> ?){0,8}\s*([*-])(?:\s*\1)*\s*$)(?:[ \t]|>|[*+-](?=[ \t])|\d{1,9}[.)](?=[ \t])){60}(?=[ \t]*\S)/;

function withoutStops(block: Block): Block {
  return { ...block, spans: block.spans.map((span) => ({ ...span, text: span.text.replaceAll(stop, "") })) };
}

const fence = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
const container = /^\s*(?:>|[*+-]\s|\d{1,9}[.)]\s)/;

/** In chat a line that is neither marked nor indented is no part of the quote or item above it. Returns the numbers of the lines that say so. */
function endContainers(markdown: string): { markdown: string; added: number[] } {
  const lines: string[] = [];
  const added: number[] = [];
  let opened: string | undefined;
  let isInside = false;
  for (const line of markdown.split("\n")) {
    if (opened === undefined && isInside && /^\S/.test(line) && !container.test(line)) added.push(lines.push(""));
    lines.push(line.replace(tooDeep, `$&${stop}`));
    const [, mark] = fence.exec(line) ?? [];
    if (opened === undefined) opened = mark;
    else if (mark?.startsWith(opened) && line.trim() === mark) opened = undefined;
    isInside = container.test(line) || (isInside && /^\s+\S/.test(line));
  }
  return { markdown: lines.join("\n"), added };
}

function linked(spans: readonly Span[], url: string): Span[] {
  const { protocol, href } = URL.canParse(url) ? new URL(url) : { protocol: "", href: "" };
  if (protocol === "https:" || protocol === "http:") return spans.map((span) => ({ ...span, url: href }));
  const label = spans.map(({ text }) => text).join("");
  return label === url || `mailto:${label}` === url ? [...spans] : [...spans, { text: ` (${url})` }];
}

/** What platforms take for one; they would show anything else as code's first line. */
function languageOf(language: string | null | undefined): { language?: string } {
  return language && /^[\w+#.-]{1,20}$/.test(language) ? { language } : {};
}
