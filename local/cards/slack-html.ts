import type { RichTextElement } from "@slack/web-api";
import type { DrawnMessage } from "../../consumer/replies/slack-message.ts";
import { escapeHtml, linkHtml } from "./html.ts";

/** Blocks as Slack shows them. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
export function slackHtml({ blocks }: Pick<DrawnMessage, "blocks">): string {
  const drawn = blocks.map((block) => {
    if (block.type === "rich_text") return block.elements.map(richHtml).join("");
    if (block.type === "context") {
      return `<div class="fine">${block.elements.map((one) => ("text" in one ? textHtml(unescape(one.text)) : "")).join(" ")}</div>`;
    }
    if (block.type !== "actions") throw new TypeError(`no picture of a ${block.type} block`);
    const buttons = block.elements.map((one) => (one.type === "button" ? escapeHtml(one.text.text) : ""));
    return `<div>${buttons.map((label) => `<span class="button">${label}</span>`).join("")}</div>`;
  });
  return `<div class="slack"><b>bugbot</b> <span class="app">APP</span>${drawn.join("")}</div>`;
}

type RichText = Extract<DrawnMessage["blocks"][number], { type: "rich_text" }>["elements"][number];

function richHtml(part: RichText): string {
  switch (part.type) {
    case "rich_text_section":
      return `<div>${part.elements.map(elementHtml).join("")}</div>`;
    case "rich_text_list":
      return `<ul style="margin-left: ${(part.indent ?? 0) * 20}px">${part.elements.map((item) => `<li>${item.elements.map(elementHtml).join("")}</li>`).join("")}</ul>`;
    case "rich_text_quote":
      return `<blockquote>${part.elements.map(elementHtml).join("")}</blockquote>`;
    case "rich_text_preformatted":
      return quotedHtml(`<pre>${part.elements.map((one) => escapeHtml(one.text ?? "")).join("")}</pre>`, part.border);
    default:
      return part satisfies never;
  }
}

/** A border is what a quote looks like. */
function quotedHtml(html: string, border = 0): string {
  return border === 0 ? html : `<blockquote>${html}</blockquote>`;
}

function elementHtml(element: RichTextElement): string {
  if (element.type !== "text" && element.type !== "link") return `<mark>${element.type}</mark>`;
  const { text = "", style = {} } = element;
  let html = textHtml(text);
  if ("code" in style && style.code) html = `<code>${html}</code>`;
  if (style.italic) html = `<i>${html}</i>`;
  if (style.bold) html = `<b>${html}</b>`;
  return element.type === "link" ? linkHtml(element.url, html) : html;
}

function textHtml(text: string): string {
  return escapeHtml(text).replaceAll("\n", "<br>");
}

/** Slack knows three entities, everywhere but in rich text. */
function unescape(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
