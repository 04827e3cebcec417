import { maxIssueTextLength } from "../../shared/limits.ts";
import type { Card, Claim } from "./card.ts";
import { inlineMarkdown, linkMarkdown, quoteMarkdown } from "./untrusted-markdown.ts";

/** The whole card as Markdown, for the Linear issue. */
export function writeIssueComment(card: Card): string {
  const { reported, sections, unknown, threadUrl, isUpdate } = card;
  const news = sections.flatMap(({ claims }) => claims).filter(({ isNew }) => isNew);
  const parts = [
    "## Evidence",
    ...(isUpdate ? [`**New since the last look:** ${news.length === 0 ? "nothing" : news.length}`] : []),
    "### Reported",
    ...reported.map(({ author, text }) => `${inlineMarkdown(author)}:\n\n${quoteMarkdown(text)}`),
    ...sections.map(({ title, claims }) => [`### ${title}`, claims.map(line).join("\n")].join("\n\n")),
    ...(unknown.length > 0 ? ["### Not known", unknown.map((gap) => `- ${inlineMarkdown(gap)}`).join("\n")] : []),
    ...(threadUrl ? [linkMarkdown("The thread it was reported in", threadUrl)] : []),
  ];
  return cutLines(parts.join("\n\n"), maxIssueTextLength);
}

function line({ lead, text, url, isNew }: Claim): string {
  return `- ${isNew ? "**New:** " : ""}${linkMarkdown(lead, url)} ${inlineMarkdown(text)}`;
}

/** Between lines: each is whole in itself. */
function cutLines(text: string, length: number): string {
  if (text.length <= length) return text;
  const note = "\n\nThe rest does not fit into a comment.";
  const head = text.slice(0, length - note.length);
  return `${head.slice(0, Math.max(0, head.lastIndexOf("\n"))).trimEnd()}${note}`;
}
