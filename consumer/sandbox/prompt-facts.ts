import { maskEmails } from "../../shared/references/email.ts";
import type { PromptFacts, Quoted } from "../../shared/prompt.ts";
import type { Issue } from "../clients/linear.ts";
import { type Card, placesInCode } from "../evidence/card.ts";
import { filterAllowed } from "../evidence/find-code.ts";
import type { Report } from "../report/read-report.ts";
import { speakerOf, wordsOf } from "../report/said.ts";

export interface KnownFacts {
  repository: string;
  report: Report;
  issue: Issue | undefined;
  card: Card | undefined;
  allowedPaths: readonly string[];
  verify: string | undefined;
}

/** What bugbot knows of a bug, as the prompt wants it. */
export function promptFacts({ repository, report, issue, card, allowedPaths, verify }: KnownFacts): PromptFacts {
  const reported: Quoted[] = [
    ...report.earlier.map((said) => ({ source: `earlier in the thread, by ${speakerOf(said)}`, text: wordsOf(said) })),
    { source: `chat message by ${report.author}`, text: wordsOf(report) },
    ...(issue ? [{ source: `Linear issue ${issue.identifier}`, text: `${issue.title}\n\n${issue.description}` }] : []),
  ];
  return {
    repository,
    reported: reported.filter(({ text }) => text.trim() !== ""),
    evidence: card && evidenceOf(card),
    suspects: filterAllowed(card?.suspects ?? [], allowedPaths),
    allowedPaths,
    verify,
  };
}

/** Places in the code are told apart: not all of them may be changed. */
function evidenceOf({ sections }: Card): Quoted | undefined {
  const shown = sections.filter(({ title, claims }) => title !== placesInCode && claims.length > 0);
  if (shown.length === 0) return undefined;
  const text = shown.map(({ title, brief, claims }) => {
    // Steps of other recordings would leave no room for what follows.
    const lines = claims.flatMap(({ lead, text: said, url, steps = [] }) => [
      `- ${lead} ${said}`,
      ...(url === brief.url ? steps.map((step) => `  - ${step.lead} ${step.text}`) : []),
    ]);
    return [`${title}:`, ...lines].join("\n");
  });
  return { source: "evidence from PostHog and GitHub", text: maskEmails(text.join("\n\n")) };
}
