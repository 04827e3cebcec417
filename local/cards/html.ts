/** Text as HTML that shows it. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

export function linkHtml(url: string, label: string): string {
  return `<a href="${escapeHtml(url)}">${label}</a>`;
}
