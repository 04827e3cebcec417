import { bot } from "../../shared/bot.ts";
import { Failure } from "../../shared/failure.ts";
import type { Outcome } from "../../shared/job.ts";
import type { Redact } from "../../shared/redact.ts";
import type { GitHub, Repository } from "../clients/github.ts";
import type { ComparedCommit, Comparison } from "../clients/github-changes.ts";
import { faultOfPaths, faultOfTrees } from "./examine-change.ts";

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
 * is never touched. What may not stay in any case is known without a comparison.
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
  const gone = run.kind === "pushed" ? moved("It does not hold what I pushed any more.") : { kind: "nothing" as const };
  if (head === null) return leave(gone);
  const isKept = mayStay(run) || (run.kind === "lost" && (await github.findPullRequest(name, branch)) !== undefined);
  if (!isKept && pushes.includes(head)) return { left: { kind: "nothing" }, undo: head };

  const base = headBefore ?? defaultBranch;
  const compared = await github.compare(name, base, head);
  const own = ownOf(head, compared);
  if (own === undefined) {
    const isWhole = compared !== undefined && compared.commits.length === compared.ahead;
    return leave(isWhole || pushes.length === 0 ? gone : moved("GitHub does not show me all that was pushed."));
  }
  if (!isKept) return leave(moved("It holds what I should take back."));
  const fault = await faultOf(own, own === head ? compared : await github.compare(name, base, own));
  if (fault === undefined) return leave({ kind: "work", isNew: true, commit: own });
  if (own !== head || !pushes.includes(own)) return leave(moved(fault.reason ?? "It holds what I should take back."));
  const { reason } = fault;
  return { left: reason === undefined ? { kind: "nothing" } : { kind: "taken_back", reason }, undo: own };

  /** What an earlier run left, which has no pull request yet. */
  async function earlierWork(): Promise<Left> {
    if (head === null || !mayStay(run)) return { kind: "nothing" };
    const all = await github.compare(name, defaultBranch, head);
    const isFine = all && all.ahead > 0 && faultOfPaths(all.paths, allowedPaths) === undefined;
    return isFine ? { kind: "work", isNew: false, commit: head } : { kind: "nothing" };
  }

  /** What the run pushed, which may lie beneath what somebody pushed since. */
  function ownOf(top: string, since: Comparison | undefined): string | undefined {
    if (pushes.includes(top) || (run.kind === "pushed" && run.commit === top)) return top;
    return since?.commits.findLast(({ sha }) => pushes.includes(sha))?.sha;
  }

  /** Why it may not stay; without a reason where there is nothing to tell of it. */
  async function faultOf(commit: string, since: Comparison | undefined): Promise<{ reason?: string } | undefined> {
    if (run.kind === "pushed" && run.commit !== commit) return { reason: "It is not the commit I made." };
    if (!since) return { reason: "GitHub does not show what it changes." };
    if (headBefore !== null && since.behind > 0) return { reason: "It would have rewritten what was on the branch." };
    const { ahead, paths, commits } = since;
    if (ahead === 0 && commits.length === 0 && paths.length === 0) return {};
    const closed = faultOfPaths(paths, allowedPaths);
    if (closed !== undefined) return { reason: closed };
    const [only] = commits;
    if (!only || ahead !== 1 || commits.length > 1 || only.sha !== commit || !isAbove(only, headBefore) || !isOwn(only))
      return { reason: "It is not one commit of mine alone." };
    if (redact(only.message) !== only.message) return { reason: "Its message holds a secret." };
    const [from = ""] = only.parents;
    const odd = await faultOfTrees({ repository: name, from, to: commit, paths }, github);
    return odd === undefined ? undefined : { reason: odd };
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

function isAbove({ parents }: ComparedCommit, headBefore: string | null): boolean {
  return headBefore === null || parents[0] === headBefore;
}

/** One of bugbot's, as it says itself: what a run pushed under that name was judged. */
export function isOwn({ parents, author, committer }: ComparedCommit): boolean {
  return (
    parents.length === 1 && [author, committer].every(({ name, email }) => name === bot.name && email === bot.email)
  );
}
