import { Failure } from "../../shared/failure.ts";
import type { Leases } from "../stores/leases.ts";
import { takeBack, type TakeBackNeeds } from "./take-back.ts";

export interface LookAtBranchNeeds extends TakeBackNeeds {
  leases: Pick<Leases, "pushesOf" | "unjudgedOn">;
}

/**
 * Where a branch stands before a run begins there: null where there is none. What an earlier run pushed and nobody has judged is taken back
 * first, so that no run goes on from it. Throws `Failure`, also while another command's push there is still being judged.
 */
export async function lookAtBranch(
  { commandId, repository, branch }: { commandId: string; repository: string; branch: string },
  needs: LookAtBranchNeeds,
): Promise<string | null> {
  const { github, leases } = needs;
  // In this order: what the branch is seen with was noted before it came there.
  const head = await github.branchHead(repository, branch);
  const unjudged = await leases.unjudgedOn(repository, branch);
  if (unjudged.some((run) => run.isRunning && run.commandId !== commandId)) {
    throw new Failure("branch_busy", {
      reply: `Another run has just pushed to \`${branch}\` in ${repository}. Try again when it has ended.`,
      retry: true,
    });
  }
  let isMoved = false;
  for (const run of unjudged) {
    const returned = await takeBack(run, needs).catch((error: unknown) => {
      throw error instanceof Failure
        ? new Failure(error.code, {
            reply: `${error.reply} What an earlier run pushed to \`${branch}\` in ${repository} is not checked yet, so I begin nothing there. Do not merge it.`,
            retry: error.retry,
            retryAfterMs: error.retryAfterMs,
            cause: error,
          })
        : error;
    });
    isMoved ||= returned === "taken_back";
  }
  return isMoved ? github.branchHead(repository, branch) : head;
}
