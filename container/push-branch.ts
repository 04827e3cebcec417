import type { Git } from "./git.ts";

/** Creates or fast-forwards one branch; git refuses anything else, as there is no force. */
export async function pushBranch(remoteUrl: string, branch: string, commit: string, git: Git): Promise<void> {
  await git(["push", "--quiet", "--no-verify", "--", remoteUrl, `${commit}:refs/heads/${branch}`]);
}
