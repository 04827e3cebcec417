import type { DrawnMessage } from "../../consumer/replies/discord-message.ts";
import { escapeHtml, linkHtml } from "./html.ts";

/** A message as Discord shows it. https://support.discord.com/hc/en-us/articles/210298617 */
export function discordHtml({ content, embeds, components }: DrawnMessage): string {
  const cards = embeds.map(({ color = 0, title, url, description = "" }) => {
    const heading = title === undefined ? "" : `<b>${url ? linkHtml(url, escapeHtml(title)) : escapeHtml(title)}</b>`;
    const side = `#${color.toString(16).padStart(6, "0")}`;
    return `<div class="embed" style="border-color: ${side}">${heading}${blocksHtml(description)}</div>`;
  });
  const buttons = components
    .flatMap((row) => row.components)
    .map((one) => `<span class="button">${"label" in one ? escapeHtml(one.label ?? "") : ""}</span>`);
  return `<div class="discord"><b>bugbot</b> <span class="app">APP</span>${blocksHtml(content)}${cards.join("")}<div>${buttons.join("")}</div></div>`;
}

function blocksHtml(markdown: string): string {
  const lines = markdown.split("\n").map((line) => {
    const [, fine, point, quote, heading] = /^(?:-# (.*)|\s*[*-] (.*)|> (.*)|#{1,3} (.*))$/.exec(line) ?? [];
    if (fine !== undefined) return `<div class="fine">${inlineHtml(fine)}</div>`;
    if (point !== undefined) return `<li>${inlineHtml(point)}</li>`;
    if (quote !== undefined) return `<blockquote>${inlineHtml(quote)}</blockquote>`;
    if (heading !== undefined) return `<h3>${inlineHtml(heading)}</h3>`;
    return line === "" ? `<div class="gap"></div>` : `<div>${inlineHtml(line)}</div>`;
  });
  return lines.join("");
}

/** In the order in which Discord's own parser tries them. */
const pieces =
  /\\(?<escaped>[^\p{L}\p{N}\s])|<(?<shown>https?:\/\/[^\s>]+)>|\[(?<label>(?:\[[^\]]*\]|[^[\]]|\](?=[^[]*\]))*)\]\(<?(?<url>https?:[^\s<>)]+)>?\)|(?<bare>https?:\/\/[^\s<]+[^<.,:;"')\]\s])|\*\*(?<bold>[\s\S]+?)\*\*(?!\*)|(?<![\p{L}\p{N}])(?<slant>[*_])(?<inside>\S(?:.*?\S)?)\k<slant>(?![\p{L}\p{N}])|~~(?<struck>.+?)~~|`(?<code>[^`]+)`/gu;

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
  const { escaped, shown, label, url, bare, bold, inside, struck, code = "" } = found;
  if (escaped !== undefined) return escapeHtml(escaped);
  if (url !== undefined) return linkHtml(url, inlineHtml(label ?? ""));
  const plain = shown ?? bare;
  if (plain !== undefined) return linkHtml(plain, escapeHtml(plain));
  if (bold !== undefined) return `<b>${inlineHtml(bold)}</b>`;
  if (inside !== undefined) return `<i>${inlineHtml(inside)}</i>`;
  if (struck !== undefined) return `<s>${inlineHtml(struck)}</s>`;
  return `<code>${escapeHtml(code)}</code>`;
}
