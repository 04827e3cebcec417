import type { DrawnMessage } from "../../consumer/replies/slack-message.ts";
import { escapeHtml, linkHtml } from "./html.ts";

/** Blocks as Slack shows them. https://docs.slack.dev/messaging/formatting-message-text */
export function slackHtml({ blocks }: DrawnMessage): string {
  const drawn = blocks.map((block) => {
    if (block.type === "section") return `<div>${mrkdwnHtml(block.text?.text ?? "")}</div>`;
    if (block.type === "context") {
      return `<div class="fine">${block.elements.map((one) => ("text" in one ? mrkdwnHtml(one.text) : "")).join(" ")}</div>`;
    }
    if (block.type !== "actions") throw new TypeError(`no picture of a ${block.type} block`);
    const buttons = block.elements.map((one) => (one.type === "button" ? escapeHtml(one.text.text) : ""));
    return `<div>${buttons.map((label) => `<span class="button">${label}</span>`).join("")}</div>`;
  });
  return `<div class="slack"><b>bugbot</b> <span class="app">APP</span>${drawn.join("")}</div>`;
}

/** A reference, code, formatting at the edge of words, or a line's beginning. */
const pieces =
  /<(?<url>https?:[^|>]+)(?:\|(?<label>[^>]*))?>|```(?<block>[\s\S]+?)```|`(?<code>[^`\n]+)`|(?<![\p{L}\p{N}])(?<mark>[*_~])(?<inside>[^\s*_~](?:[^\n]*?[^\s])?)\k<mark>(?![\p{L}\p{N}])|(?<bare>https?:\/\/[^\s<>|]+)|(?<line>\n)/gu;

function mrkdwnHtml(mrkdwn: string): string {
  let html = "";
  let end = 0;
  for (const found of mrkdwn.matchAll(pieces)) {
    html += entities(mrkdwn.slice(end, found.index)) + pieceHtml(found.groups ?? {});
    end = found.index + found[0].length;
  }
  return html + entities(mrkdwn.slice(end));
}

function pieceHtml({ url, label, block, code, mark, inside = "", bare }: Record<string, string | undefined>): string {
  if (url !== undefined) return linkHtml(url, entities(label ?? url));
  if (block !== undefined) return `<pre>${entities(block)}</pre>`;
  if (code !== undefined) return `<code>${entities(code)}</code>`;
  if (bare !== undefined) return linkHtml(bare, entities(bare));
  if (mark === undefined) return "<br>";
  const tag = mark === "*" ? "b" : mark === "_" ? "i" : "s";
  return `<${tag}>${mrkdwnHtml(inside)}</${tag}>`;
}

/** Slack knows three: they arrive as they are in HTML. */
function entities(text: string): string {
  return escapeHtml(text).replace(/&amp;(amp|lt|gt);/g, "&$1;");
}
