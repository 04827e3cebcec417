import type { Outside } from "../needs.ts";
import type { Lease } from "./lease.ts";

export interface LeftBranch {
  /** For the person. */
  words: string;
  pullRequestUrl?: string;
}

/**
 * Puts right the branch of a run that nobody follows any more: what has a pull request stays, for that was judged; anything else
 * the run pushed is taken back.
 */
export async function leaveBranch(
  { repository, branch, headBefore }: Lease,
  { github }: Pick<Outside, "github">,
): Promise<LeftBranch> {
  const unchecked = { words: `Look at the branch \`${branch}\` in ${repository}: I could not check it.` };
  if (!github) return unchecked;
  try {
    const head = await github.branchHead(repository, branch);
    if (head === headBefore) return { words: "Nothing was pushed." };
    const open = await github.findPullRequest(repository, branch);
    if (open && headBefore === null) {
      return { words: `[Pull request #${open.number}](${open.url}) is open.`, pullRequestUrl: open.url };
    }
    if (headBefore === null) await github.deleteBranch(repository, branch);
    else await github.resetBranch(repository, branch, headBefore);
    return { words: "What was pushed is taken back." };
  } catch {
    return unchecked;
  }
}
