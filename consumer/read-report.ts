import type { AttachedFile, Command, References } from "../shared/command.ts";
import { githubRepositories } from "../shared/references/github.ts";
import { findReferences } from "../shared/references/reference.ts";
import type { Said } from "./replies/reply.ts";

/** What was said about a bug, and by whom: all of it untrusted. */
export interface Report {
  /** The words that describe the bug: the clicked message's, else the asker's. */
  text: string;
  author: string;
  /** What is attached to it, unopened. */
  files?: AttachedFile[];
  /** What was said in the thread before, oldest first. */
  earlier: readonly Said[];
  references: References;
  /** Repositories named, `owner/name`: in the asker's own words, and in everything around them. */
  named: readonly string[];
  around: readonly string[];
}

/**
 * Puts together what a command says, the message it was used on, and its thread. What stands closest counts first. Beside
 * somebody else's report the asker's own words are one more thing that was said.
 */
export function readReport(
  { text, author, report, files = [], references }: Command,
  earlier: readonly Said[],
): Report {
  const around = [report?.text ?? "", ...earlier.map((said) => said.text).toReversed()];
  const found = around.map((words) => findReferences(words)).toReversed();
  const asker = author.name ?? author.id;
  const reported = report && (report.text !== "" || text === "") ? report : undefined;
  return {
    text: reported?.text ?? text,
    author: reported?.author ?? asker,
    files,
    earlier: reported && text !== "" ? [...earlier, { author: asker, text }] : earlier,
    references: Object.assign({}, ...found, references),
    named: githubRepositories(text),
    around: [...new Set(around.flatMap(githubRepositories))],
  };
}
