import type { Card, Claim } from "./card.ts";
import { inlineMarkdown, linkMarkdown, quoteMarkdown } from "./untrusted-markdown.ts";

/** The whole card as Markdown, for the Linear issue. `mask` hides what must not be shown of people. */
export function writeIssueComment(card: Card, mask: (text: string) => string): string {
  const { reported, sections, unknown, threadUrl, isUpdate } = card;
  const news = sections.flatMap(({ claims }) => claims).filter(({ isNew }) => isNew);
  const parts = [
    "## Evidence",
    ...(isUpdate ? [`**New since the last look:** ${news.length === 0 ? "nothing" : news.length}`] : []),
    "### Reported",
    ...reported.map(({ author, text }) => `${inlineMarkdown(author)}:\n\n${quoteMarkdown(mask(text))}`),
    ...sections.map(({ title, claims }) => [`### ${title}`, claims.map(line).join("\n")].join("\n\n")),
    ...(unknown.length > 0 ? ["### Not known", unknown.map((gap) => `- ${inlineMarkdown(mask(gap))}`).join("\n")] : []),
    ...(threadUrl ? [linkMarkdown("The thread it was reported in", threadUrl)] : []),
  ];
  return parts.join("\n\n");

  function line({ lead, text, url, isNew }: Claim): string {
    return `- ${isNew ? "**New:** " : ""}${linkMarkdown(mask(lead), url)} ${inlineMarkdown(mask(text))}`;
  }
}
