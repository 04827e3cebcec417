import type { GitHub } from "../clients/github.ts";
import { cutWords } from "../evidence/cut-words.ts";
import { codeMarkdown } from "../evidence/untrusted-markdown.ts";
import { faultOfPaths, faultOfTrees } from "./examine-change.ts";
import { isOwn } from "./judge-branch.ts";

/** What a branch would add to its base beside bugbot's own work. */
export interface Review {
  /** Markdown that names each commit that is not bugbot's; undefined where nobody can list them. */
  others: string[] | null;
  /** What speaks against its files, as a sentence of Markdown. */
  fault: string | null;
}

/** Looks at all that a pull request would propose: everything between its base and its head, whoever put it there. Throws `Failure`. */
export async function reviewBranch(
  {
    repository,
    base,
    branch,
    allowedPaths,
  }: { repository: string; base: string; branch: string; allowedPaths: readonly string[] },
  github: Pick<GitHub, "branchHead" | "compare" | "entries">,
): Promise<Review> {
  const head = await github.branchHead(repository, branch);
  const all = head === null ? undefined : await github.compare(repository, base, head);
  if (head === null || !all) return { others: null, fault: "GitHub does not show what it changes." };
  const { ahead, mergeBase, paths, commits } = all;
  const isWhole = commits.length === ahead && commits.at(-1)?.sha === head;
  const others = commits
    .filter((commit) => !isOwn(commit))
    .map(
      ({ sha, author: { name = "?" } }) => `${codeMarkdown(sha.slice(0, 7))} by ${codeMarkdown(cutWords(name, 100))}`,
    );
  const fault =
    faultOfPaths(paths, allowedPaths) ??
    (await faultOfTrees({ repository, from: mergeBase, to: head, paths }, github)) ??
    null;
  return isWhole ? { others, fault } : { others: null, fault: fault ?? "It holds more commits than I can check." };
}

/** Whether a person must look at it before anything else. */
export function isMixed({ others, fault }: Review): boolean {
  return others === null || others.length > 0 || fault !== null;
}

const shownCommits = 10;

/** For the person; empty where all of it is bugbot's own. */
export function reviewInWords(review: Review): string {
  const { others, fault } = review;
  if (!isMixed(review)) return "";
  const named = (others ?? []).slice(0, shownCommits).join(", ");
  const more = others && others.length > shownCommits ? ` and ${others.length - shownCommits} more` : "";
  const commits = named === "" ? [] : [`Not all commits on its branch are mine: ${named}${more}.`];
  return [...commits, ...(fault === null ? [] : [fault]), "Look at all of it before you merge it."].join(" ");
}
