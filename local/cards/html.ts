/** Text as HTML that shows it. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

export function linkHtml(url: string, label: string): string {
  return `<a href="${escapeHtml(url)}">${label}</a>`;
}

/** The words that HTML of ours shows, without what only looks different. */
export function shownText(html: string): string {
  return html
    .replace(/<(?:br|\/div|\/li|\/pre|\/blockquote)>/g, "\n")
    .replace(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
}
