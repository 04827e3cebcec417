import { gfm, gfmHtml } from "micromark-extension-gfm";
import { micromark } from "micromark";
import { escapeHtml } from "./html.ts";

/** What Linear folds away until somebody looks: `+++ A title`, a text, `+++`. */
const folded = /^\+\+\+ (.+)\n\n[\s\S]*?\n\n\+\+\+$/gm;

/** Markdown as Linear shows it. https://linear.app/docs/editor */
export function linearHtml(markdown: string): string {
  let html = "";
  let end = 0;
  for (const { 0: whole, 1: title = "", index } of markdown.matchAll(folded)) {
    html += `${toHtml(markdown.slice(end, index))}<p class="fold">▸ ${escapeHtml(title)}</p>`;
    end = index + whole.length;
  }
  return `<div class="linear">${html}${toHtml(markdown.slice(end))}</div>`;
}

function toHtml(markdown: string): string {
  return micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()] });
}
