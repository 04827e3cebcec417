import { escapeMarkdown, showHidden } from "../../shared/plain-text.ts";

const bareUrl = /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s`]+/gi;

/** Words of strangers as Markdown that shows them as they are: nothing formats, links, pings or hides, also not as an entity. */
export function inlineMarkdown(text: string): string {
  return escapeOneLine(showHidden(text).replace(/\s+/g, " ").trim());
}

/** A block quote that its text cannot leave. */
export function quoteMarkdown(text: string): string {
  return showHidden(text.trim())
    .split("\n")
    .map((line) => `> ${escapeOneLine(line)}`.trimEnd())
    .join("\n");
}

/** `[label](url)`; the label alone where the URL is none for the web. */
export function linkMarkdown(label: string, url: string): string {
  const shown = inlineMarkdown(label);
  const { protocol, href } = URL.canParse(url) ? new URL(url) : { protocol: "", href: "" };
  if (protocol !== "https:" && protocol !== "http:") return shown;
  return `[${shown}](${href
    .replace(/[()<>\\]/g, encodeURIComponent)
    .replaceAll("(", "%28")
    .replaceAll(")", "%29")})`;
}

/** A URL in quoted words would become a link, or a mention where it names a person's page: as code it is only text. */
function escapeOneLine(line: string): string {
  let written = "";
  let end = 0;
  for (const { 0: url, index } of line.matchAll(bareUrl)) {
    written += `${escapeMarkdown(line.slice(end, index))}\`${url}\``;
    end = index + url.length;
  }
  // What begins a line may begin a list, a heading's underline or a fold.
  return (written + escapeMarkdown(line.slice(end))).replace(/^\s*(?:\d+(?=[.)])|(?=[-+=]))/, "$&\\");
}
