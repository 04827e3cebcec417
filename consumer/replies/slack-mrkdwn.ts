import { slackifyMarkdown } from "slackify-markdown";

/**
 * Markdown as Slack's mrkdwn. Every `<` becomes an entity, before the library (raw HTML) and after it (Slack's own
 * references), so that quoted words can neither ping nor link:
 * https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
export function toMrkdwn(markdown: string): string {
  return slackifyMarkdown(markdown.replace(/(\\*)</g, (_all, slashes: string) => `${evenOf(slashes)}&lt;`))
    .replace(/<(?=[@#!])/g, "&lt;")
    .trim();
}

/** Without the backslash that escapes what follows: an entity needs none, and would not survive it. */
function evenOf(slashes: string): string {
  return slashes.slice(slashes.length % 2);
}
