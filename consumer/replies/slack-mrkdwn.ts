import { maxReplyLength } from "../../shared/limits.ts";

/**
 * The little Markdown that bugbot writes itself, as Slack's mrkdwn: `[label](url)` and `**bold**`. Everything else is
 * escaped, so that quoted text cannot ping or link: https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
export function toMrkdwn(markdown: string): string {
  const escaped = markdown.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const text = escaped
    .replace(
      /\[([^\]\n]{1,500})\]\((https?:[^\s()]{1,2000})\)/g,
      (_, label: string, url: string) => `<${url}|${label.replaceAll("|", "¦")}>`,
    )
    .replace(/\*\*([^*\n]{1,500})\*\*/g, "*$1*");
  return text.length > maxReplyLength ? `${text.slice(0, maxReplyLength)}…` : text;
}
