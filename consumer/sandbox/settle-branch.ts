import { forbiddenPaths } from "../../shared/allowed-paths.ts";
import { Failure } from "../../shared/failure.ts";
import type { Outcome } from "../../shared/job.ts";
import type { GitHub, Repository } from "../clients/github.ts";
import type { Effect } from "../effect.ts";

export interface BranchFacts {
  repository: Repository;
  branch: string;
  /** Where the branch stood before the run; null where there was none. */
  headBefore: string | null;
  /** How the run ended, as the container says; undefined when it did not end by itself. */
  run: Outcome | undefined;
  allowedPaths: readonly string[];
}

/** What a run left on its branch, once that is put right. */
export type Left =
  /** Nothing a pull request could be opened for. */
  | { kind: "nothing" }
  /** `isNew`: it was not there before this run. `commit` is where the branch stands. */
  | { kind: "work"; isNew: boolean; commit: string }
  /** Something that must not stand there; it was taken back. */
  | { kind: "taken_back"; reason: string };

/** What GitHub says of the branch, and what is to be done about it. */
type Verdict = { kind: "leave"; left: Left } | { kind: "undo"; left: Left };

/**
 * Looks at what really stands on the branch after a run, on GitHub's own word and whatever the container said: only a
 * fast-forward of allowed files stays, and only of a run that was not stopped. What others pushed before is never touched.
 */
export async function settleBranch(
  facts: BranchFacts,
  { github, effect }: { github: GitHub; effect: Effect },
): Promise<Left> {
  const { repository, branch, headBefore } = facts;
  const verdict = await effect("look at branch again", () => judge(facts, github));
  if (verdict.kind === "undo") {
    await effect("undo push", () =>
      headBefore === null
        ? github.deleteBranch(repository.name, branch)
        : github.resetBranch(repository.name, branch, headBefore),
    );
  }
  return verdict.left;
}

async function judge(
  { repository, branch, headBefore, run, allowedPaths }: BranchFacts,
  github: GitHub,
): Promise<Verdict> {
  const head = await github.branchHead(repository.name, branch);
  if (run?.kind === "pushed" && head !== run.commit && head === headBefore) {
    throw new Failure("branch_missing", {
      reply: `GitHub does not show what was pushed to ${branch} yet.`,
      retry: true,
    });
  }
  if (head === null) return { kind: "leave", left: { kind: "nothing" } };

  const isNew = head !== headBefore;
  const undo = (reason?: string): Verdict => ({
    kind: isNew ? "undo" : "leave",
    left: reason === undefined ? { kind: "nothing" } : { kind: "taken_back", reason },
  });
  if (!mayStay(run)) return undo();
  const compared = await github.compare(
    repository.name,
    isNew ? (headBefore ?? repository.defaultBranch) : repository.defaultBranch,
    head,
  );
  if (!compared || compared.ahead === 0) return undo();
  if (isNew && headBefore !== null && compared.behind > 0)
    return undo("It would have rewritten what was on the branch.");
  if (compared.paths === "too_many") return undo("It touches too many files to check.");
  const forbidden = forbiddenPaths(compared.paths, [...allowedPaths]);
  if (forbidden.length > 0) return undo(`It changes files I may not touch: ${forbidden.slice(0, 10).join(", ")}.`);
  return { kind: "leave", left: { kind: "work", isNew, commit: head } };
}

/** A run that pushed, or may have: its last event can be lost, and so can the answer to its push. */
function mayStay(run: Outcome | undefined): boolean {
  return run?.kind === "pushed" || run?.kind === "no_change" || (run?.kind === "git_failed" && run.stage === "push");
}
