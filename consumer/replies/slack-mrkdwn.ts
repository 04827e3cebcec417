import { slackifyMarkdown } from "slackify-markdown";

/** Code, an escaped character, or the beginning of HTML. */
const special = /(```[\s\S]*?```|`[^`\n]*`)|\\([!-/:-@[-`{-~])|</g;
/** mrkdwn has no escapes: what would format there is written with a character that looks the same. */
const lookAlikes: Readonly<Record<string, string>> = { "`": "ˋ", "*": "∗", "~": "∼", _: "ˍ" };

/**
 * Markdown as Slack's mrkdwn. Every `<` becomes an entity, before the library (raw HTML) and after it (Slack's own
 * references), so that quoted words can neither ping nor link:
 * https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
export function toMrkdwn(markdown: string): string {
  const plain = markdown.replace(special, (found: string, code?: string, escaped?: string, at = 0) => {
    if (code !== undefined) return code.replaceAll("<", "&lt;");
    if (escaped === undefined || escaped === "<") return "&lt;";
    // Within a word these three are themselves.
    const isInside = escaped !== "`" && /[\p{L}\p{N}]/u.test(markdown.charAt(at - 1));
    return isInside ? found : (lookAlikes[escaped] ?? found);
  });
  return slackifyMarkdown(plain)
    .replace(/<(?=[@#!])/g, "&lt;")
    .trim();
}
