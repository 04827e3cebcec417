import type { Git } from "./git.ts";

/**
 * Creates or fast-forwards one branch; git refuses anything else, as there is no force. To push again what has landed, though
 * its answer was lost, is to push nothing.
 */
export async function pushBranch(remoteUrl: string, branch: string, commit: string, git: Git): Promise<void> {
  await git(["push", "--quiet", "--no-verify", "--", remoteUrl, `${commit}:refs/heads/${branch}`], { remote: true });
}
