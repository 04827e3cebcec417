import { rulesOf } from "../../shared/rules-of.ts";
import type { GitHub } from "../clients/github.ts";
import type { Effect } from "../effect.ts";
import { findStanding, type Standing, standingInWords, unpushedInWords } from "../endings/what-stands.ts";
import type { Outside } from "../needs.ts";
import type { Left } from "./judge-branch.ts";
import type { Lease } from "./lease.ts";
import { movedInWords, settleBranch } from "./settle-branch.ts";

export interface LeftBranch {
  /** For the person. */
  words: string;
  /** What stands of the thread's fix now. */
  standing: Standing;
}

type LeaveBranchNeeds = Pick<
  Outside,
  "github" | "leases" | "record" | "settings" | "redact" | "checkpoints" | "conversations" | "now"
>;

const effect: Effect = (_name, act) => act(false);

/**
 * Puts right the branch of a run that nobody follows any more: what may stay and is in a pull request stays; anything else the run
 * pushed is taken back.
 */
export async function leaveBranch(lease: Lease, conversation: string, needs: LeaveBranchNeeds): Promise<LeftBranch> {
  const { github, settings } = needs;
  const { repository, branch, headBefore, commandId } = lease;
  const left = github ? await settle(github).catch(() => undefined) : undefined;
  const standing = await findStanding(conversation, "after it was lost", { ...needs, effect });
  return { words: inWords(), standing };

  async function settle(at: GitHub): Promise<Left | undefined> {
    const found = await at.repository(repository);
    if (!found) return undefined;
    const { paths: allowedPaths } = rulesOf(settings, found.name);
    const run = { kind: "lost" as const };
    const facts = { repository: found, branch, headBefore, commandId, conversation, allowedPaths, run };
    return settleBranch(facts, { ...needs, github: at, effect });
  }

  function inWords(): string {
    const stands = standingInWords(standing);
    switch (left?.kind) {
      case undefined:
        return also(`Look at the branch \`${branch}\` in ${repository}: I could not check it.`);
      case "work":
        return headBefore === null && stands !== ""
          ? stands
          : also("What was pushed stays; what its pull request says of itself may be older.");
      case "moved":
        return also(movedInWords({ repository: { name: repository }, branch }, left.reason));
      case "taken_back":
        return also(`What was pushed is taken back. ${left.reason}`);
      case "nothing":
        return unpushedInWords(standing, { isTakenBack: left.isTakenBack });
      default:
        return left satisfies never;
    }

    function also(words: string): string {
      return `${words} ${stands}`.trimEnd();
    }
  }
}
