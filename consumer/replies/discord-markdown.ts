import { type Block, runsOf, type Span, textOf } from "./words.ts";

/**
 * Blocks as Discord's own Markdown: https://support.discord.com/hc/en-us/articles/210298617. Every character of a text is shown as it is;
 * it formats, links, calls and hides nothing. `hidesPreviews` writes links so that Discord shows nothing of their pages.
 */
export function discordMarkdown(blocks: readonly Block[], { hidesPreviews }: { hidesPreviews: boolean }): string {
  return blocks
    .map((block, at) => {
      const lines = linesOf(block, hidesPreviews).map((line) => (block.isQuoted ? `> ${line}` : line));
      return `${at === 0 ? "" : block.isApart ? "\n\n" : "\n"}${lines.join("\n")}`;
    })
    .join("");
}

/** Words as Discord's Markdown that shows them as they are. */
export function escapeDiscord(text: string): string {
  return text
    .replace(/[\\*_~`|<[\]]/g, "\\$&")
    .replace(/@(?=everyone|here)/g, "\\@")
    .replace(/:(?=\/\/|[\w+-]+:)/g, "\\:");
}

function linesOf(block: Block, hidesPreviews: boolean): string[] {
  const { kind, spans, depth = 0, number, language = "" } = block;
  const text = textOf(block);
  // Nothing ends a fence's run of backticks but a longer one, which Discord does not know.
  if (kind === "code" && !text.includes("```")) return [`\`\`\`${language}`, ...text.split("\n"), "```"];
  const lines = inline(withPlainLabels(spans), hidesPreviews).split("\n").map(escapeStart);
  if (kind === "fine") return lines.map((line) => `-# ${line}`);
  if (kind !== "item") return lines;
  const indent = "  ".repeat(depth);
  const mark = number === undefined ? "* " : `${number}. `;
  return lines.map((line, at) => `${indent}${at === 0 ? mark : " ".repeat(mark.length)}${line}`);
}

/** What begins a line may make a heading, a list or a quote of it; also after the mark of its look or link. */
function escapeStart(line: string): string {
  return line.replace(/^[\s*_[]*(?:(?=[#>+-])|\d+(?=\.))/, "$&\\");
}

function inline(spans: readonly Span[], hidesPreviews: boolean): string {
  return runsOf(spans, ({ bold }) => bold === true)
    .map(({ key: isBold, run }) => {
      const slant = isBold ? "_" : "*";
      const words = runsOf(run, ({ italic }) => italic === true).map(({ key: isItalic, run: same }) => {
        const linked = runsOf(same, ({ url }) => url).map(({ key: url, run: label }) =>
          url === undefined ? label.map(characters).join("") : link(label, url, hidesPreviews),
        );
        return isItalic ? wrap(linked.join(""), slant) : linked.join("");
      });
      return isBold ? wrap(words.join(""), "**") : words.join("");
    })
    .join("");
}

function wrap(words: string, mark: string): string {
  const [, before = "", inside = "", after = ""] = /^(\s*)([^]*?)(\s*)$/.exec(words) ?? [];
  return inside === "" ? words : `${before}${mark}${inside}${mark}${after}`;
}

/** Discord reads code between one or two backticks, and no backslash in it. */
function characters({ text, code }: Span): string {
  if (!code || text.includes("``") || /^\s*`|`\s*$|^\s*$|\n/.test(text)) return escapeDiscord(text);
  const mark = text.includes("`") ? "``" : "`";
  return mark + text + mark;
}

/** A label with brackets of its own, or one that looks like an address, is none to Discord. */
const plainLabel = /^(?!.*:\/\/)[^[\]\n]*(?:\[[^[\]\n]*\][^[\]\n]*)*$/;

/** Links whose label is none to Discord as that and their address, which is then written once, however the label is cut. */
export function withPlainLabels(spans: readonly Span[]): Span[] {
  return runsOf(spans, ({ url }) => url).flatMap(({ key: url, run }) => {
    const label = run.map(({ text }) => text).join("");
    if (url === undefined || label === url || `${label}/` === url || plainLabel.test(label)) return run;
    return [...run.map(({ url: _url, ...look }) => look), { text: " (" }, { text: url, url }, { text: ")" }];
  });
}

function link(label: readonly Span[], url: string, hidesPreviews: boolean): string {
  const address = url.replace(/[()*|`\\]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  const text = label.map((span) => span.text).join("");
  if (text === url) return `<${address}>`;
  // What was written, rather than its normal form.
  if (`${text}/` === address) return `<${text}>`;
  return `[${label.map(characters).join("")}](${hidesPreviews ? `<${address}>` : address})`;
}
