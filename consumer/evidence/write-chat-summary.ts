import type { Card, Claim } from "./card.ts";
import { countNew } from "./card.ts";
import { maskEmails } from "./mask-emails.ts";
import { inlineMarkdown, linkMarkdown } from "./untrusted-markdown.ts";

const shownClaims = 3;

export interface ChatSummaryFacts {
  card: Card;
  /** Where the whole card is; without Linear the thread gets all of it. */
  issue: { identifier: string; title: string; url: string } | undefined;
  /** What else there is to tell: the thread is now about another issue, or the card could not be kept. */
  notes: readonly string[];
}

/** The card in short, as Markdown for the thread. Addresses are masked, always. */
export function writeChatSummary({ card, issue, notes }: ChatSummaryFacts): string {
  const { sections, unknown } = card;
  const heading = issue
    ? `✅ ${linkMarkdown(`${issue.identifier} ${maskEmails(issue.title)}`, issue.url)}`
    : `✅ **${inlineMarkdown(maskEmails(card.title))}**`;
  const parts = [
    [heading, ...notes, ...news(card)].join("\n"),
    ...(sections.length === 0 ? ["Nothing was found beyond the report itself."] : []),
    ...sections.map(({ title, claims }) => {
      const shown = issue ? claims.slice(0, shownClaims) : claims;
      const rest = claims.length - shown.length;
      return [`**${title}**`, ...shown.map(line), ...(rest > 0 ? [`* and ${rest} more in the issue`] : [])].join("\n");
    }),
    ...(unknown.length > 0
      ? [["**Not known**", ...unknown.map((gap) => `* ${inlineMarkdown(maskEmails(gap))}`)].join("\n")]
      : []),
  ];
  return parts.join("\n\n");
}

function news(card: Card): string[] {
  if (!card.isUpdate) return [];
  const count = countNew(card);
  return [count === 0 ? "Nothing new since the last look." : `${count} new since the last look.`];
}

function line({ text, url, isNew }: Claim): string {
  return `* ${isNew ? "**New:** " : ""}${inlineMarkdown(maskEmails(text))} (${linkMarkdown("see", url)})`;
}
