import { maxComparedFiles } from "../../shared/limits.ts";
import type { GitHubConnection } from "./github-connection.ts";
import { readRefusal } from "./github-failure.ts";

export interface Repository {
  /** `owner/name` as GitHub spells it. */
  name: string;
  defaultBranch: string;
  /** The default branch's commit; null where there is none yet. */
  head: string | null;
}

export interface Comparison {
  /** Commits that `head` has and `base` has not, and the other way round. */
  ahead: number;
  behind: number;
  /** Every path that differs, both names of a renamed one. GitHub lists 300 at most: what is cut cannot be checked. */
  paths: string[] | "too_many";
}

export interface PullRequest {
  number: number;
  url: string;
  draft: boolean;
}

export interface NewPullRequest {
  head: string;
  base: string;
  title: string;
  body: string;
  draft: boolean;
}

const bugbotLabel = { name: "bugbot", color: "5865f2", description: "Opened by bugbot" };

export type GitHub = ReturnType<typeof createGitHub>;

/** Repositories, branches and pull requests in bugbot's words; `repository` is `owner/name`. Every method throws `Failure`. */
export function createGitHub({ ask, find }: GitHubConnection) {
  async function headOf(repository: string, branch: string): Promise<string | null> {
    const found = await find(repository, (rest, at) => rest.repos.getBranch({ ...at, branch }));
    return found?.data.commit.sha ?? null;
  }

  return {
    /** Undefined when it does not exist or the token may not see it, which GitHub answers alike. */
    async repository(repository: string): Promise<Repository | undefined> {
      const found = await find(repository, (rest, at) => rest.repos.get(at));
      if (!found) return undefined;
      const { full_name: name, default_branch: defaultBranch } = found.data;
      return { name, defaultBranch, head: await headOf(name, defaultBranch) };
    },

    /** The commit a branch stands at; null where there is no such branch. */
    branchHead: (repository: string, branch: string): Promise<string | null> => headOf(repository, branch),

    /** `base` and `head` are branches or commits. Undefined: one of them is not there, or they share no history. */
    async compare(repository: string, base: string, head: string): Promise<Comparison | undefined> {
      const basehead = `${base}...${head}`;
      const compared = await find(repository, (rest, at) => rest.repos.compareCommitsWithBasehead({ ...at, basehead }));
      if (!compared) return undefined;
      const { ahead_by: ahead, behind_by: behind, files = [] } = compared.data;
      if (files.length >= maxComparedFiles) return { ahead, behind, paths: "too_many" };
      const paths = files.flatMap((file) =>
        file.previous_filename ? [file.previous_filename, file.filename] : [file.filename],
      );
      return { ahead, behind, paths };
    },

    async findPullRequest(repository: string, head: string): Promise<PullRequest | undefined> {
      const { data } = await ask(repository, "read", (rest, at) =>
        rest.pulls.list({ ...at, head: `${at.owner}:${head}`, state: "open" }),
      );
      const [found] = data;
      return found && { number: found.number, url: found.html_url, draft: found.draft === true };
    },

    /** Not every plan has drafts: without them it is opened as an ordinary one. */
    async createPullRequest(repository: string, given: NewPullRequest): Promise<PullRequest> {
      const { data } = await ask(repository, "propose", async (rest, at) => {
        try {
          return await rest.pulls.create({ ...at, ...given });
        } catch (error) {
          const { status, message = "" } = readRefusal(error);
          if (!given.draft || status !== 422 || !/draft/i.test(message)) throw error;
          return rest.pulls.create({ ...at, ...given, draft: false });
        }
      });
      return { number: data.number, url: data.html_url, draft: data.draft === true };
    },

    /** Puts bugbot's label on a pull request; makes it where the repository has none. */
    async labelPullRequest(repository: string, number: number): Promise<void> {
      await ask(repository, "propose", async (rest, at) => {
        await rest.issues.createLabel({ ...at, ...bugbotLabel }).catch((error: unknown) => {
          if (readRefusal(error).status !== 422) throw error;
        });
        await rest.issues.addLabels({ ...at, issue_number: number, labels: [bugbotLabel.name] });
      });
    },

    /** Puts a branch back to where it stood, whatever was pushed since. */
    async resetBranch(repository: string, branch: string, commit: string): Promise<void> {
      const moved = { ref: `heads/${branch}`, sha: commit, force: true };
      await ask(repository, "push", (rest, at) => rest.git.updateRef({ ...at, ...moved }));
    },

    /** Nothing happens when it is gone already. */
    async deleteBranch(repository: string, branch: string): Promise<void> {
      await ask(repository, "push", async (rest, at) => {
        try {
          await rest.git.deleteRef({ ...at, ref: `heads/${branch}` });
        } catch (error) {
          const { status } = readRefusal(error);
          if (status !== 404 && status !== 422) throw error;
        }
      });
    },
  };
}
