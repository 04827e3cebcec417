import type { DrawnMessage } from "../../consumer/replies/discord-message.ts";
import { escapeHtml, linkHtml } from "./html.ts";

/** A message as Discord shows it. https://support.discord.com/hc/en-us/articles/210298617 */
export function discordHtml({ content, embeds, components }: DrawnMessage): string {
  const cards = embeds.map(({ color = 0, title, url, description = "" }) => {
    const words = title === undefined ? "" : inlineHtml(title);
    const heading = title === undefined ? "" : `<b>${url ? linkHtml(url, words) : words}</b>`;
    const side = `#${color.toString(16).padStart(6, "0")}`;
    return `<div class="embed" style="border-color: ${side}">${heading}${discordMarkdownHtml(description)}</div>`;
  });
  const buttons = components
    .flatMap((row) => row.components)
    .map((one) => `<span class="button">${"label" in one ? escapeHtml(one.label ?? "") : ""}</span>`);
  return `<div class="discord"><b>bugbot</b> <span class="app">APP</span>${discordMarkdownHtml(content)}${cards.join("")}<div>${buttons.join("")}</div></div>`;
}

/** Code between fences is read before anything else. */
export function discordMarkdownHtml(markdown: string): string {
  return markdown
    .split(/```(?:[\w+#.-]+(?=\n))?\n*([^]*?)\n*```\n?/)
    .map((part, at) => (at % 2 === 1 ? `<pre>${escapeHtml(part)}</pre>` : linesHtml(part)))
    .join("");
}

function linesHtml(markdown: string): string {
  if (markdown === "") return "";
  const lines = markdown.split("\n").map((line) => {
    const [, fine, depth = "", mark, point, quote, heading] =
      /^(?:-# (.*)|( *)([*-]|\d+\.) (.*)|>(?:>>)? (.*)|#{1,3} (.*))$/.exec(line) ?? [];
    if (fine !== undefined) return `<div class="fine">${inlineHtml(fine)}</div>`;
    if (point !== undefined) return itemHtml(depth.length, mark ?? "", point);
    if (quote !== undefined) return `<blockquote>${inlineHtml(quote)}</blockquote>`;
    if (heading !== undefined) return `<h3>${inlineHtml(heading)}</h3>`;
    return line === "" ? `<div class="gap"></div>` : `<div>${inlineHtml(line)}</div>`;
  });
  return lines.join("");
}

function itemHtml(depth: number, mark: string, point: string): string {
  const left = `margin-left: ${20 + depth * 10}px`;
  return /\d/.test(mark)
    ? `<li style="${left}; list-style: none">${mark} ${inlineHtml(point)}</li>`
    : `<li style="${left}">${inlineHtml(point)}</li>`;
}

/** In the order in which Discord's own parser tries them. */
const pieces =
  /\\(?<escaped>[^\p{L}\p{N}\s])|<(?<shown>https?:\/\/[^\s>]+)>|(?<called>@everyone|@here|<(?:[@#/]|a?:|t:|id:)[^>\n]+>|:[\w+-]+:)|\[(?<label>(?:\[[^\]]*\]|[^[\]]|\](?=[^[]*\]))*)\]\(<?(?<url>https?:[^\s<>)]+)>?\)|(?<bare>https?:\/\/[^\s<]+[^<.,:;"')\]\s])|\*\*(?<bold>(?:\\[^]|[^\\])+?)\*\*(?!\*)|\|\|(?<hidden>[^]+?)\|\||__(?<lined>(?:\\[^]|[^\\])+?)__(?!_)|(?<slant>[*_])(?<inside>(?!\s)(?:\\[^]|[^\\\n])+?)(?<!\s)\k<slant>(?![\p{L}\p{N}])|~~(?<struck>.+?)~~|(?<ticks>`{1,2})(?<code>[^]*?[^`])\k<ticks>(?!`)/gu;

function inlineHtml(markdown: string): string {
  let html = "";
  let end = 0;
  for (const found of markdown.matchAll(pieces)) {
    html += escapeHtml(markdown.slice(end, found.index)) + pieceHtml(found.groups ?? {});
    end = found.index + found[0].length;
  }
  return html + escapeHtml(markdown.slice(end));
}

function pieceHtml(found: Record<string, string | undefined>): string {
  const { escaped, shown, called, label, url, bare, bold, hidden, lined, inside, struck, code = "" } = found;
  if (escaped !== undefined) return escapeHtml(escaped);
  if (called !== undefined) return `<mark>${escapeHtml(called)}</mark>`;
  if (url !== undefined) return linkHtml(url, inlineHtml(label ?? ""));
  const plain = shown ?? bare;
  if (plain !== undefined) return linkHtml(plain, escapeHtml(plain));
  if (bold !== undefined) return `<b>${inlineHtml(bold)}</b>`;
  if (hidden !== undefined) return `<mark>${inlineHtml(hidden)}</mark>`;
  if (lined !== undefined) return `<u>${inlineHtml(lined)}</u>`;
  if (inside !== undefined) return `<i>${inlineHtml(inside)}</i>`;
  if (struck !== undefined) return `<s>${inlineHtml(struck)}</s>`;
  return `<code>${escapeHtml(code)}</code>`;
}
