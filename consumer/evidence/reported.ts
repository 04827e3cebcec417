import type { Report } from "../read-report.ts";
import { speakerOf, wordsOf } from "../said.ts";
import type { Taken } from "../take-report.ts";
import type { Quote } from "./card.ts";

/** What people said, oldest first. */
export function reportedIn(report: Report): Quote[] {
  return [...report.earlier, report]
    .map((said) => ({ author: speakerOf(said), text: wordsOf(said) }))
    .filter(({ text }) => text !== "");
}

/** Everything that was said about the bug, in the thread and in its issue. */
export function wholeText({ report, issue }: Pick<Taken, "report" | "issue">): string {
  const said = reportedIn(report).map(({ text }) => text);
  return [...said, issue?.title ?? "", issue?.description ?? ""].join("\n\n");
}
