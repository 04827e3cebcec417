import { Failure } from "../../shared/failure.ts";
import { maxChangedFolders, maxComparedFiles } from "../../shared/limits.ts";
import type { GitHubConnection } from "./github-connection.ts";
import { isGraphqlRefusal, readRefusal } from "./github-failure.ts";
import type { MoveRef } from "./move-ref.ts";

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
  /** What `head` has and `base` has not, oldest first; GitHub lists 250 at most. */
  commits: ComparedCommit[];
}

export interface ComparedCommit {
  sha: string;
  parents: string[];
  message: string;
  author: Person;
  committer: Person;
}

interface Person {
  name: string | undefined;
  email: string | undefined;
}

export interface PullRequest {
  number: number;
  url: string;
  draft: boolean;
}

export interface OpenPullRequest extends PullRequest {
  /** What GraphQL knows it by. */
  nodeId: string;
  body: string;
}

export interface LastPullRequest extends PullRequest {
  state: "open" | "merged" | "closed";
  /** Where its branch stands, or stood when it was merged or closed. */
  commit: string;
}

export interface NewPullRequest {
  head: string;
  base: string;
  title: string;
  body: string;
  draft: boolean;
}

/** https://docs.github.com/graphql/reference/mutations#convertpullrequesttodraft and `#markpullrequestreadyforreview` */
const redraft = {
  draft: `mutation ($pullRequestId: ID!) {
    convertPullRequestToDraft(input: { pullRequestId: $pullRequestId }) { pullRequest { isDraft } }
  }`,
  ready: `mutation ($pullRequestId: ID!) {
    markPullRequestReadyForReview(input: { pullRequestId: $pullRequestId }) { pullRequest { isDraft } }
  }`,
};

const bugbotLabel = { name: "bugbot", color: "5865f2", description: "Opened by bugbot" };

export type GitHub = ReturnType<typeof createGitHub>;

/** Repositories, branches and pull requests in bugbot's words; `repository` is `owner/name`. Every method throws `Failure`. */
export function createGitHub({ ask, find }: GitHubConnection, moveRef: MoveRef) {
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
      const commits = compared.data.commits.map(({ sha, parents, commit: { message, author, committer } }) => ({
        sha,
        parents: parents.map((parent) => parent.sha),
        message,
        author: { name: author?.name, email: author?.email },
        committer: { name: committer?.name, email: committer?.email },
      }));
      if (files.length >= maxComparedFiles) return { ahead, behind, commits, paths: "too_many" };
      const paths = files.flatMap((file) =>
        file.previous_filename ? [file.previous_filename, file.filename] : [file.filename],
      );
      return { ahead, behind, commits, paths };
    },

    /**
     * Git's modes of everything in the folders that hold `paths`, from the root on: a folder, a file (`100644`, `100755`), a link
     * (`120000`), a submodule (`160000`). Undefined where that is more than GitHub lists.
     */
    async modes(
      repository: string,
      commit: string,
      paths: readonly string[],
    ): Promise<Map<string, string> | undefined> {
      const folders = new Set(paths.flatMap(foldersOf));
      if (folders.size > maxChangedFolders) return undefined;
      const modes = new Map<string, string>();
      const trees = new Map([["", commit]]);
      // A folder comes after the one it is in.
      for (const folder of ["", ...folders]) {
        const tree = trees.get(folder);
        if (tree === undefined) continue;
        const { data } = await ask(repository, "read", (rest, at) => rest.git.getTree({ ...at, tree_sha: tree }));
        if (data.truncated) return undefined;
        for (const { path, mode, type, sha } of data.tree) {
          const whole = folder === "" ? path : `${folder}/${path}`;
          modes.set(whole, mode);
          if (type === "tree") trees.set(whole, sha);
        }
      }
      return modes;
    },

    async findPullRequest(repository: string, head: string): Promise<OpenPullRequest | undefined> {
      const { data } = await ask(repository, "read", (rest, at) =>
        rest.pulls.list({ ...at, head: `${at.owner}:${head}`, state: "open" }),
      );
      const [found] = data;
      if (!found) return undefined;
      const { number, html_url: url, node_id: nodeId, body } = found;
      return { number, url, draft: found.draft === true, nodeId, body: body ?? "" };
    },

    /** The one that is open, else the newest that was; undefined where there was never one. */
    async lastPullRequest(repository: string, head: string): Promise<LastPullRequest | undefined> {
      const { data } = await ask(repository, "read", (rest, at) =>
        rest.pulls.list({ ...at, head: `${at.owner}:${head}`, state: "all" }),
      );
      const found = data.find(({ state }) => state === "open") ?? data[0];
      if (!found) return undefined;
      const { number, html_url: url, draft, state, merged_at: mergedAt } = found;
      const ended = mergedAt === null ? "closed" : "merged";
      return { number, url, draft: draft === true, state: state === "open" ? "open" : ended, commit: found.head.sha };
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

    async describePullRequest(repository: string, number: number, body: string): Promise<void> {
      await ask(repository, "propose", (rest, at) => rest.pulls.update({ ...at, pull_number: number, body }));
    },

    /** Makes a pull request a draft, or ready for review. False where GitHub refuses that; not every plan has drafts. */
    async redraftPullRequest(
      repository: string,
      { number, nodeId }: Pick<OpenPullRequest, "number" | "nodeId">,
      to: keyof typeof redraft,
    ): Promise<boolean> {
      return ask(repository, "redraft", async (rest, at, graphql) => {
        try {
          await graphql(redraft[to], { pullRequestId: nodeId, headers: at.headers });
          return true;
        } catch (error) {
          if (!isGraphqlRefusal(error)) throw error;
          // What is so already may be refused.
          const { data } = await rest.pulls.get({ ...at, pull_number: number });
          return data.draft === (to === "draft");
        }
      });
    },

    /** Comments on a pull request, unless a comment since then (ms since the epoch) ends with the same `mark`. */
    async commentOnce(repository: string, number: number, text: string, mark: string, sinceMs: number): Promise<void> {
      await ask(repository, "propose", async (rest, at) => {
        const since = new Date(sinceMs).toISOString();
        const of = { ...at, issue_number: number };
        const { data } = await rest.issues.listComments({ ...of, since, per_page: 100 });
        if (data.some(({ body }) => body?.trimEnd().endsWith(mark))) return;
        await rest.issues.createComment({ ...of, body: `${text}\n\n${mark}` });
      });
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

    /** Moves a branch from one commit to another, or away (null). False: somebody has moved it already, and it stays. */
    async moveBranch(repository: string, branch: string, from: string, to: string | null): Promise<boolean> {
      if (await moveRef({ repository, ref: `refs/heads/${branch}`, from, to })) return true;
      const head = await headOf(repository, branch);
      if (head === to) return true;
      if (head !== from) return false;
      throw new Failure("github_rejected", {
        reply: `GitHub does not let me take back what was pushed to ${branch}.`,
        retry: true,
      });
    },
  };
}

/** `a/b/c.js`: `a`, `a/b` */
function foldersOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}
