import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { stripHidden } from "../../shared/plain-text.ts";

/** GitHub refuses bodies of more than 65,536 characters; each quoted part is kept far below. */
const maxLength = 20_000;

/** Markdown of somebody else's for GitHub: its words ping nobody, link to no issue and hide nothing; its code says what it said, and ends. */
export function defuse(text: string): string {
  const markdown = stripHidden(text).trim().slice(0, maxLength).toWellFormed();
  let defused = "";
  let end = 0;
  const hasTable = tableRule.test(markdown);
  for (const { node, from, to } of leavesOf(fromMarkdown(markdown), markdown)) {
    defused += markdown.slice(end, from) + defuseLeaf(node, markdown.slice(from, to), hasTable);
    end = to;
  }
  return defused + markdown.slice(end);
}

/** The last blocks of a long text. */
export function endOf(markdown: string): string {
  const blocks = fromMarkdown(markdown).children.map(({ position }) => position?.start.offset ?? 0);
  const first = blocks.find((start) => markdown.length - start <= maxLength);
  return markdown.slice(first ?? markdown.length);
}

const wordless = new Set<Nodes["type"]>(["definition", "image", "break", "thematicBreak"]);
/** Below a table's head. GitHub looks for a row's cells first, and for code in each of them then. */
const tableRule = /^[ >]*\|?[ ]*:?-+:?[ ]*\|/m;

interface Leaf {
  node: Nodes;
  from: number;
  to: number;
}

/** What is shown as text or code, in order. A link's address is neither. */
function leavesOf(node: Nodes, markdown: string): Leaf[] {
  const { start, end } = node.position ?? {};
  const from = start?.offset ?? 0;
  const to = end?.offset ?? markdown.length;
  // Its text is its address.
  if (node.type === "link" && markdown.charAt(from) === "<") return [];
  if ("children" in node) return node.children.flatMap((child) => leavesOf(child, markdown));
  return [{ node, from, to }];
}

function defuseLeaf({ type }: Nodes, source: string, hasTable: boolean): string {
  if (type === "code") return unmarked(closed(source));
  // A table's cells are found before the code in them.
  if (type === "inlineCode") return hasTable && source.includes("|") ? defuseWords(source) : unmarked(source);
  return wordless.has(type) ? source : defuseWords(source);
}

function defuseWords(source: string): string {
  return source
    .replace(/\\[^]|</g, (found) => (found === "<" ? "&lt;" : found))
    .replace(/@(?=[\w-])/g, "@\u200B")
    .replace(/(#|\bGH-)(?=\d)/gi, "$1\u200B");
}

/** bugbot's own marks in a body are no code. */
function unmarked(source: string): string {
  return source.replaceAll("<!-- bugbot", "<!--\u200B bugbot");
}

/** A fence that nothing closes would swallow what follows. */
function closed(source: string): string {
  const [, fence] = /^(`{3,}|~{3,})/.exec(source) ?? [];
  if (fence === undefined) return source;
  const last = source.slice(source.lastIndexOf("\n") + 1).trim();
  const isClosed = source.includes("\n") && last.startsWith(fence) && new Set(last).size === 1;
  return isClosed ? source : `${source}\n${fence}`;
}
