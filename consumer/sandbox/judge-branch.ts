import { forbiddenPaths, twinPaths } from "../../shared/allowed-paths.ts";
import { bot } from "../../shared/bot.ts";
import { Failure } from "../../shared/failure.ts";
import type { Outcome } from "../../shared/job.ts";
import type { Redact } from "../../shared/redact.ts";
import { cutWords } from "../evidence/cut-words.ts";
import { codeMarkdown } from "../evidence/untrusted-markdown.ts";
import type { ComparedCommit, Comparison, GitHub, Repository } from "../clients/github.ts";

/** How a run ended: as the container says, badly for a reason of ours, or so that nobody can say any more. */
export type RunEnd = Outcome | { kind: "broken" } | { kind: "lost" };

export interface BranchFacts {
  repository: Pick<Repository, "name" | "defaultBranch">;
  branch: string;
  /** Where the branch stood before the run; null where there was none. */
  headBefore: string | null;
  /** The commits that the egress let the run push. */
  pushes: readonly string[];
  run: RunEnd;
  allowedPaths: readonly string[];
}

/** What a run left on its branch, once that is put right. */
export type Left =
  /** Nothing a pull request could be opened for. `isTakenBack`: something else was pushed. */
  | { kind: "nothing"; isTakenBack?: true }
  /** `isNew`: it was not there before this run. `commit` is the newest that bugbot answers for. */
  | { kind: "work"; isNew: boolean; commit: string }
  /** Something that must not stand there; it was taken back. */
  | { kind: "taken_back"; reason: string }
  /** Somebody else has pushed since, so it cannot be taken back. */
  | { kind: "moved"; reason: string };

/** What GitHub says of the branch, and what is to be undone: the commit that stands there and must not. */
export interface Verdict {
  left: Left;
  undo: string | null;
}

/**
 * Looks at what really stands on the branch after a run, on GitHub's own word and whatever the container said: of what the run
 * pushed only one commit stays, bugbot's own, of allowed files, without a secret in its message, on top of what was there; and only of a run that was not stopped. What others pushed
 * is never touched.
 */
export async function judgeBranch(facts: BranchFacts, github: GitHub, redact: Redact): Promise<Verdict> {
  const { repository, branch, headBefore, pushes, run, allowedPaths } = facts;
  const { name, defaultBranch } = repository;
  const head = await github.branchHead(name, branch);
  if (run.kind === "pushed" && head !== run.commit && head === headBefore) {
    throw new Failure("branch_missing", {
      reply: `GitHub does not show what was pushed to ${branch} yet.`,
      retry: true,
    });
  }
  if (head === headBefore) return leave(await earlierWork());

  const base = headBefore ?? defaultBranch;
  const compared = head === null ? undefined : await github.compare(name, base, head);
  const own = head === null ? undefined : ownOf(head, compared);
  if (own === undefined) {
    return leave(run.kind === "pushed" ? moved("It does not hold what I pushed any more.") : { kind: "nothing" });
  }
  const fault = await faultOf(own, own === head ? compared : await github.compare(name, base, own));
  if (fault === undefined) return leave({ kind: "work", isNew: true, commit: own });
  if (own !== head || !pushes.includes(own)) return leave(moved(fault.reason ?? "It holds what I should take back."));
  const { reason } = fault;
  return { left: reason === undefined ? { kind: "nothing" } : { kind: "taken_back", reason }, undo: own };

  /** What an earlier run left, which has no pull request yet. */
  async function earlierWork(): Promise<Left> {
    if (head === null || !mayStay(run)) return { kind: "nothing" };
    const all = await github.compare(name, defaultBranch, head);
    const isFine =
      all && all.ahead > 0 && all.paths !== "too_many" && forbiddenPaths(all.paths, [...allowedPaths]).length === 0;
    return isFine ? { kind: "work", isNew: false, commit: head } : { kind: "nothing" };
  }

  /** What the run pushed, which may lie beneath what somebody pushed since. */
  function ownOf(top: string, since: Comparison | undefined): string | undefined {
    if (pushes.includes(top) || (run.kind === "pushed" && run.commit === top)) return top;
    return since?.commits.findLast(({ sha }) => pushes.includes(sha))?.sha;
  }

  /** Why it may not stay; without a reason where there is nothing to tell of it. */
  async function faultOf(commit: string, since: Comparison | undefined): Promise<{ reason?: string } | undefined> {
    if (!mayStay(run) && !(run.kind === "lost" && (await github.findPullRequest(name, branch)))) return {};
    if (run.kind === "pushed" && run.commit !== commit) return { reason: "It is not the commit I made." };
    if (!since || (headBefore !== null && since.behind > 0))
      return { reason: "It would have rewritten what was on the branch." };
    if (since.ahead === 0) return {};
    if (since.paths === "too_many") return { reason: "It touches too many files to check." };
    const forbidden = forbiddenPaths(since.paths, [...allowedPaths]);
    if (forbidden.length > 0) return { reason: `It changes files I may not touch: ${listed(forbidden)}.` };
    const [only, ...more] = since.commits;
    if (!only || more.length > 0 || !isOwn(only, headBefore)) return { reason: "It is not one commit of mine alone." };
    if (redact(only.message) !== only.message) return { reason: "Its message holds a secret." };
    return oddEntries(only, since.paths);
  }

  /** Links, submodules, and names that another would be taken for. */
  async function oddEntries(
    { sha, parents: [parent = ""] }: ComparedCommit,
    paths: string[],
  ): Promise<{ reason: string } | undefined> {
    const before = await github.modes(name, parent, paths);
    const after = await github.modes(name, sha, paths);
    if (!before || !after) return { reason: "It touches folders too large to check." };
    const odd = paths.filter((path) => {
      const modes = [before.get(path), after.get(path)].filter((mode) => mode !== undefined);
      return modes.length === 0 || modes.some((mode) => !/^100(644|755)$/.test(mode));
    });
    if (odd.length > 0) return { reason: `It holds what is no plain file: ${listed(odd)}.` };
    const twins = twinPaths(
      before.keys(),
      paths.filter((path) => after.has(path)),
      after.keys(),
    );
    if (twins.length > 0) return { reason: `It names files so that others may be taken for them: ${listed(twins)}.` };
    return undefined;
  }
}

function leave(left: Left): Verdict {
  return { left, undo: null };
}

function moved(reason: string): Left {
  return { kind: "moved", reason };
}

/** A run that pushed, or may have: its last event can be lost, and so can the answer to its push. */
function mayStay(run: RunEnd): boolean {
  return run.kind === "pushed" || run.kind === "no_change" || (run.kind === "git_failed" && run.stage === "push");
}

function isOwn({ parents, author, committer }: ComparedCommit, headBefore: string | null): boolean {
  const isAbove = parents.length === 1 && (headBefore === null || parents[0] === headBefore);
  return isAbove && [author, committer].every(({ name, email }) => name === bot.name && email === bot.email);
}

function listed(paths: readonly string[]): string {
  return paths
    .slice(0, 10)
    .map((path) => codeMarkdown(cutWords(path, 200)))
    .join(", ");
}
