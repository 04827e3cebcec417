import { rulesOf } from "../../shared/rules-of.ts";
import type { GitHub } from "../clients/github.ts";
import type { Outside } from "../needs.ts";
import type { Lease } from "./lease.ts";
import { movedInWords, settleBranch } from "./settle-branch.ts";

export interface LeftBranch {
  /** For the person. */
  words: string;
  pullRequestUrl?: string;
}

type LeaveBranchNeeds = Pick<
  Outside,
  "github" | "leases" | "record" | "settings" | "redact" | "checkpoints" | "conversations" | "now"
>;

/**
 * Puts right the branch of a run that nobody follows any more: what may stay and is in a pull request stays; anything else the run
 * pushed is taken back.
 */
export async function leaveBranch(lease: Lease, conversation: string, needs: LeaveBranchNeeds): Promise<LeftBranch> {
  const { github, settings } = needs;
  const { repository, branch, headBefore, commandId } = lease;
  const unchecked = { words: `Look at the branch \`${branch}\` in ${repository}: I could not check it.` };
  try {
    return github ? await settle(github) : unchecked;
  } catch {
    return unchecked;
  }

  async function settle(at: GitHub): Promise<LeftBranch> {
    const found = await at.repository(repository);
    if (!found) return unchecked;
    const isThere = (await at.branchHead(repository, branch)) !== headBefore;
    const { paths: allowedPaths } = rulesOf(settings, found.name);
    const run = { kind: "lost" as const };
    const facts = { repository: found, branch, headBefore, commandId, conversation, allowedPaths, run };
    const left = await settleBranch(facts, { ...needs, github: at, effect: (_name, act) => act(false) });
    switch (left.kind) {
      case "work": {
        const open = await at.findPullRequest(repository, branch);
        if (!open) return unchecked;
        const link = `[Pull request #${open.number}](${open.url})`;
        const words =
          headBefore === null
            ? `${link} is open.`
            : `${link} holds what was pushed; what it says of itself may be older.`;
        return { words, pullRequestUrl: open.url };
      }
      case "moved":
        return { words: movedInWords(facts, left.reason) };
      case "taken_back":
        return { words: `What was pushed is taken back. ${left.reason}` };
      case "nothing":
        return { words: isThere ? "What was pushed is taken back." : "Nothing was pushed." };
      default:
        return left satisfies never;
    }
  }
}
