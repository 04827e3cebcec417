import { maskEmails } from "../../shared/references/email.ts";
import type { Card, Claim, Section } from "./card.ts";
import { cutWords } from "./cut-words.ts";
import { countNew } from "./card.ts";
import { inlineMarkdown, linkMarkdown } from "./untrusted-markdown.ts";

/** Under each section's line, where it is not all there already. */
const shownNews = 3;
/** Of a title, a reason or a quoted error: the whole is in the issue. */
const maxWords = 160;

export interface ChatSummaryFacts {
  card: Card;
  /** Where the whole card is; without Linear the thread gets all of it. */
  issue: { identifier: string; title: string; url: string } | undefined;
  /** What else there is to tell: the thread is now about another issue, or the card could not be kept. */
  notes: readonly string[];
}

/** The card as Markdown for the thread, a line for each of its sections. Addresses are masked, always. */
export function writeChatSummary({ card, issue, notes }: ChatSummaryFacts): string {
  const { sections, unknown } = card;
  const title = words(issue?.title ?? card.title);
  const heading = issue ? `✅ **${linkMarkdown(issue.identifier, issue.url)}** ${title}` : `✅ ${title}`;
  const nothing = sections.length === 0 ? ["Nothing was found beyond the report itself."] : [];
  const found = sections.map(issue ? inShort : inFull);
  const isList = found.some((part) => part.includes("\n"));
  return [
    [heading, ...notes.map(maskEmails), ...news(card)].join("\n"),
    ...nothing,
    found.join(isList ? "\n\n" : "\n"),
    unknown.map((gap) => `-# Not known: ${words(gap)}`).join("\n"),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function news(card: Card): string[] {
  if (!card.isUpdate) return [];
  const count = countNew(card);
  return [count === 0 ? "Nothing new since the last look." : `${count} new since the last look.`];
}

function inShort({ title, brief, claims }: Section): string {
  const more = claims.filter(({ isNew, url }) => isNew && url !== brief.url).slice(0, shownNews);
  return [`**${title}:** ${say(brief)}`, ...more.map(listed)].join("\n");
}

function inFull({ title, claims }: Section): string {
  return [`**${title}**`, ...claims.map(listed)].join("\n");
}

function listed(claim: Claim): string {
  return `* ${claim.isNew ? "**New:** " : ""}${say(claim)}`;
}

function say({ lead, text, url }: Claim): string {
  return `${linkMarkdown(maskEmails(lead), url)} ${words(text)}`;
}

function words(text: string): string {
  return inlineMarkdown(cutWords(maskEmails(text), maxWords));
}
