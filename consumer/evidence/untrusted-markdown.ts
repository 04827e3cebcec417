import { escapeMarkdown, showHidden } from "../../shared/plain-text.ts";

/** What browsers and servers take. */
const maxUrlLength = 2_000;
const bareUrl = /(?<![a-z])(?:[a-z][a-z0-9+.-]{1,20}:\/\/|www\.)[^\s`]+/gi;

/** Words of strangers as Markdown that shows them as they are: nothing formats, links, pings or hides, also not as an entity. */
export function inlineMarkdown(text: string): string {
  return escapeOneLine(showHidden(text).replace(/\s+/g, " ").trim());
}

/** A block quote that its text cannot leave. Web addresses in it can be clicked. */
export function quoteMarkdown(text: string): string {
  return quote(text, linkOrCode);
}

/** The same without links. */
export function plainQuoteMarkdown(text: string): string {
  return quote(text, codeMarkdown);
}

function quote(text: string, writeUrl: (url: string) => string): string {
  return showHidden(text)
    .trim()
    .split("\n")
    .map((line) => `> ${escapeOneLine(line.trim(), writeUrl)}`.trimEnd())
    .join("\n");
}

/** Code in one line that says exactly this, backticks included. Nothing for nothing. */
export function codeMarkdown(text: string): string {
  const line = showHidden(text).replace(/\s+/g, " ").trim();
  if (line === "") return "";
  const longest = Math.max(0, ...Array.from(line.matchAll(/`+/g), ([run]) => run.length));
  const mark = "`".repeat(longest + 1);
  const edge = longest > 0 ? " " : "";
  return mark + edge + line + edge + mark;
}

/** `[label](url)`; the label alone where the URL is none for the web. */
export function linkMarkdown(label: string, url: string): string {
  const shown = inlineMarkdown(label);
  const { protocol, href } = URL.canParse(url) ? new URL(url) : { protocol: "", href: "" };
  if (protocol !== "https:" && protocol !== "http:") return shown;
  return `[${shown}](${href
    .replace(/[()<>\\]/g, encodeURIComponent)
    .replace(/&(?=#|\w+;)/g, "&amp;")
    .replaceAll("(", "%28")
    .replaceAll(")", "%29")})`;
}

/** A URL in quoted words would become a link, or a mention where it names a person's page: as code it is only text. */
function escapeOneLine(line: string, writeUrl = codeMarkdown): string {
  let written = "";
  let end = 0;
  for (const { 0: url, index } of line.matchAll(bareUrl)) {
    // Before a link it would make a picture of it.
    written += escapeMarkdown(line.slice(end, index)).replace(/!$/, "\\!") + writeUrl(url);
    end = index + url.length;
  }
  // What begins a line may begin a list, a heading's underline or a fold.
  return (written + escapeMarkdown(line.slice(end))).replace(/^\s*(?:\d+(?=[.)])|(?=[-+=]))/, "$&\\");
}

/** An address of the web with nothing in it that could be more than that. */
const plainUrl = /^https?:\/\/(?!.*:\/\/)[\w\-.~:/?#%&=+,;$*'()]+$/i;

/** A link that stands on its whole address. Linear's own addresses may be mentions. */
function linkOrCode(written: string): string {
  if (written.length > maxUrlLength) return codeMarkdown(written);
  const [, url = "", after = ""] = /^(.*?)([^\w/=&#%-]*)$/.exec(written) ?? [];
  const isPlain = plainUrl.test(url) && URL.canParse(url);
  if (!isPlain || /(^|\.)linear\.app\.?$/.test(new URL(url).hostname)) return codeMarkdown(written);
  return linkMarkdown(url, url) + escapeMarkdown(after);
}
