import type { Report } from "../report/read-report.ts";
import { emailAddresses } from "../../shared/references/email.ts";
import { speakerOf, wordsOf } from "../report/said.ts";
import type { Taken } from "../report/take-report.ts";
import type { Quote } from "./card.ts";

/** What people said, oldest first. */
export function reportedIn(report: Report): Quote[] {
  return [...report.earlier, report]
    .map((said) => ({ author: speakerOf(said), text: wordsOf(said) }))
    .filter(({ text }) => text !== "");
}

/** When it was reported, in ms since the epoch: where somebody is named only elsewhere in the thread, when that was. */
export function reportedAt({ text, at, earlier }: Report): number {
  const naming = [{ text, at }, ...earlier].find((said) => emailAddresses(said.text).length > 0);
  return naming?.at ?? at;
}

/** Everything that was said about the bug, in the thread and in its issue. */
export function wholeText({ report, issue }: Pick<Taken, "report" | "issue">): string {
  const said = reportedIn(report).map(({ text }) => text);
  return [...said, issue?.title ?? "", issue?.description ?? ""].join("\n\n");
}
