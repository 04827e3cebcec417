import type { AttachedFile, Command } from "../../shared/command.ts";
import { githubRepositories } from "../../shared/references/github.ts";
import { linearIssues, type NamedIssue } from "../../shared/references/linear.ts";
import type { Said } from "../replies/reply.ts";
import { speakerOf } from "./said.ts";
import { titleOf } from "./title.ts";

/** What was said about a bug, and by whom: all of it untrusted. */
export interface Report {
  /** The words that describe the bug: the clicked message's, else the asker's, else those at the thread's head. */
  text: string;
  author: string;
  /** When that was written, in ms since the epoch. */
  at: number;
  /** What is attached to it, unopened. */
  files?: AttachedFile[];
  /** What was said in the thread before, oldest first. */
  earlier: readonly Said[];
  /** Issues named in the asker's own words, the chosen one first; and in everything around them, the closest words first. */
  issues: { named: readonly NamedIssue[]; around: readonly NamedIssue[] };
  /** Repositories named, `owner/name`: in the asker's own words, and in everything around them. */
  named: readonly string[];
  around: readonly string[];
}

/**
 * Puts together what a command says, the message it was used on, and its thread. What stands closest counts first. Beside
 * somebody else's report the asker's own words are one more thing that was said.
 */
export function readReport(
  { text, author, report, reportedAt, files = [], references, receivedAt }: Command,
  earlier: readonly Said[],
): Report {
  const around = [report?.text ?? "", ...earlier.map((said) => said.text).toReversed()];
  const { linearIssueId: id, linearIssueUrl: url } = references;
  const chosen = id === undefined ? [] : [{ id, url }];
  const asker = author.name ?? author.id;
  const clicked = report && (report.text !== "" || text === "") ? report : undefined;
  // "@bugbot fix" under an alert, or with no more than a repository: the alert is what is meant.
  const isBare = clicked === undefined && titleOf(text) === undefined;
  const head = isBare && titleOf(earlier[0]?.text ?? "") !== undefined ? earlier[0] : undefined;
  const reported = clicked ?? (head && { text: head.text, author: speakerOf(head) });
  const writtenAt = clicked || !head ? reportedAt : head.at;
  const before = head ? earlier.slice(1) : earlier;
  return {
    text: reported?.text ?? text,
    author: reported?.author ?? asker,
    at: writtenAt ?? receivedAt,
    files: [...(head?.files ?? []), ...files],
    earlier: reported && text !== "" ? [...before, { author: asker, text, at: receivedAt }] : before,
    issues: { named: [...chosen, ...linearIssues(text)], around: around.flatMap(linearIssues) },
    named: githubRepositories(text),
    around: [...new Set(around.flatMap(githubRepositories))],
  };
}
