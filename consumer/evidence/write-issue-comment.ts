import { maxIssueTextLength } from "../../shared/limits.ts";
import type { Card, Claim, Section, Step } from "./card.ts";
import { cutLines } from "./cut-words.ts";
import { inlineMarkdown, linkMarkdown, quoteMarkdown } from "./untrusted-markdown.ts";

/** How many steps of each recording are written: all there are, else as many as fit. */
const shownSteps = [Number.POSITIVE_INFINITY, 10, 4, 0];

/** The whole card as Markdown, for the Linear issue. */
export function writeIssueComment(card: Card): string {
  const fitting = shownSteps.map((most) => write(card, most)).find(({ length }) => length <= maxIssueTextLength);
  return fitting ?? cutLines(write(card, 0), maxIssueTextLength);
}

function write({ reported, sections, unknown, threadUrl, isUpdate }: Card, most: number): string {
  const news = sections.flatMap(({ claims }) => claims).filter(({ isNew }) => isNew);
  const parts = [
    "## Evidence",
    ...(isUpdate ? [`**New since the last look:** ${news.length === 0 ? "nothing" : news.length}`] : []),
    "### Reported",
    ...reported.map(({ author, text }) => `${inlineMarkdown(author)}:\n\n${quoteMarkdown(text)}`),
    ...sections.flatMap((section) => [`### ${section.title}`, list(section, most)]),
    ...(unknown.length > 0 ? ["### Not known", unknown.map((gap) => `- ${inlineMarkdown(gap)}`).join("\n")] : []),
    ...(threadUrl ? [linkMarkdown("The thread it was reported in", threadUrl)] : []),
  ];
  return parts.join("\n\n");
}

/** The steps of the claim that says the most stand below it; Linear folds away those of others. */
function list({ brief, claims }: Section, most: number): string {
  const lines = claims.map((claim) => {
    const { steps = [], url } = claim;
    const shown = most === 0 ? [] : steps.slice(-most);
    const left = steps.length - shown.length;
    const told = [
      ...(left > 0 ? [`- ${left} more steps are in the recording`] : []),
      ...shown.map((step) => `- ${say(step)}`),
    ];
    if (told.length === 0) return line(claim);
    if (url === brief.url) return [line(claim), ...told.map((one) => `  ${one}`)].join("\n");
    return `${line(claim)}\n\n+++ What happened in it\n\n${told.join("\n")}\n\n+++\n`;
  });
  return lines.join("\n").trimEnd();
}

function line(claim: Claim): string {
  return `- ${claim.isNew ? "**New:** " : ""}${say(claim)}`;
}

function say({ lead, text, url }: Step): string {
  return `${linkMarkdown(lead, url)} ${inlineMarkdown(text)}`;
}
