import { lstat, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Job } from "../shared/job.ts";
import { type Checkout, makeRepository } from "./checkout.ts";
import type { Git } from "./git.ts";
import { removeFolder } from "./remove-folder.ts";

/** Where the last run's checkout waits for the conversation's next one: for a server that has one conversation. */
export interface Shelf {
  /** Makes `repository` of what lies there, if it came from the same remote. False where it cannot: nothing of it is left then. */
  takeUp: (job: Job, repository: string, git: Git) => Promise<boolean>;
  /** Moves a checkout there. */
  leave: (job: Job, checkout: Checkout) => Promise<void>;
  folder: string;
}

export function createShelf(workspace: string): Shelf {
  const folder = join(workspace, "last-checkout");
  let left: { from: string; commits: string[]; shallow: string } | undefined;

  return {
    folder,

    async takeUp(job, repository, git) {
      const last = left;
      left = undefined;
      try {
        if (!last || last.from !== nameOf(job)) return false;
        await rename(folder, repository);
        await keepObjectsAlone(repository, git);
        if (last.shallow !== "") await writeFile(join(repository, ".git/shallow"), last.shallow);
        for (const commit of last.commits) {
          await git(["-C", repository, "update-ref", `refs/bugbot/last/${commit}`, commit]);
        }
        return true;
      } catch {
        await removeFolder(repository);
        return false;
      } finally {
        await removeFolder(folder);
      }
    },

    async leave(job, { repository, commit, baseCommit, shallow }) {
      await removeFolder(folder);
      // Where the agent took its own rights away, there is nothing to keep.
      await rename(repository, folder).then(
        () => (left = { from: nameOf(job), commits: [...new Set([commit, baseCommit])], shallow }),
        () => undefined,
      );
    },
  };
}

/** "owner/name.git": what stands before it can differ from run to run. */
function nameOf({ remoteUrl }: Job): string {
  return remoteUrl.split("/").slice(-2).join("/");
}

/** A new `.git` around the objects of the old one, whose settings, hooks, refs and index were in the agent's hands. */
async function keepObjectsAlone(repository: string, git: Git): Promise<void> {
  const gitFolder = join(repository, ".git");
  const objects = join(gitFolder, "objects");
  for (const path of [repository, gitFolder, objects]) {
    if (!(await lstat(path)).isDirectory()) throw new Error(`${path} is no folder`);
  }
  const aside = `${repository}-objects`;
  await rename(objects, aside);
  await rm(gitFolder, { recursive: true });
  await makeRepository(repository, git);
  await rm(objects, { recursive: true });
  await rename(aside, objects);
  // Other stores of objects, and what is known of these.
  await rm(join(objects, "info"), { recursive: true, force: true });
}
