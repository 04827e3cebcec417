import { Failure } from "../../shared/failure.ts";
import { rulesOf } from "../../shared/rules-of.ts";
import type { GitHub } from "../clients/github.ts";
import type { Effect } from "../effect.ts";
import { findStanding, type Standing, standingInWords, unpushedInWords } from "../endings/what-stands.ts";
import type { Outside } from "../needs.ts";
import type { Left } from "./judge-branch.ts";
import type { Lease } from "./lease.ts";
import { movedInWords, type RunOnBranch, settleBranch } from "./settle-branch.ts";
import { takeBackUnjudged } from "./take-back.ts";

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
  const left = github ? await settle(github).catch(unsettled) : undefined;
  const standing = await findStanding(conversation, "after it was lost", { ...needs, effect });
  return { words: inWords(), standing };

  async function settle(at: GitHub): Promise<Left> {
    const given = { ...needs, github: at, effect };
    const facts = await factsOf(at).catch(async (error: unknown) => {
      throw await takeBackUnjudged({ commandId, conversation, repository, branch, headBefore }, error, given);
    });
    return settleBranch(facts, given);
  }

  async function factsOf(at: GitHub): Promise<RunOnBranch> {
    const found = await at.repository(repository);
    if (!found) {
      throw new Failure("repository_gone", { reply: `GitHub does not show me ${repository} any more.`, retry: true });
    }
    const { paths: allowedPaths } = rulesOf(settings, found.name);
    const run = { kind: "lost" as const };
    return { repository: found, branch, headBefore, commandId, conversation, allowedPaths, run };
  }

  function unsettled(error: unknown): { kind: "unsettled"; reply: string } | undefined {
    return error instanceof Failure ? { kind: "unsettled", reply: error.reply } : undefined;
  }

  function inWords(): string {
    const stands = standingInWords(standing);
    switch (left?.kind) {
      case undefined:
        return also(`Look at the branch \`${branch}\` in ${repository}: I could not check it.`);
      case "unsettled":
        return also(left.reply);
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
