import * as z from "zod/mini";
import { Failure } from "../../shared/failure.ts";
import { createChanges, readAnswer } from "./github-changes.ts";
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

const branchSchema = z.object({ commit: z.object({ sha: z.string() }) });
const bugbotLabel = { name: "bugbot", color: "5865f2", description: "Opened by bugbot" };

export type GitHub = ReturnType<typeof createGitHub>;

/** Repositories, branches and pull requests in bugbot's words; `repository` is `owner/name`. Every method throws `Failure`. */
export function createGitHub({ ask, find }: GitHubConnection, moveRef: MoveRef) {
  async function headOf(repository: string, branch: string): Promise<string | null> {
    const found = await find(repository, (rest, at) => rest.repos.getBranch({ ...at, branch }));
    return found ? readAnswer(branchSchema, found.data).commit.sha : null;
  }

  /** Those of a branch, the newest first. One towards another base than the default branch is somebody else's. */
  async function pullsOf(repository: string, head: string, state: "open" | "all") {
    const { data } = await ask(repository, "read", (rest, at) =>
      rest.pulls.list({ ...at, head: `${at.owner}:${head}`, state, per_page: 100 }),
    );
    return data.filter(({ base }) => base.ref === base.repo.default_branch);
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

    ...createChanges({ ask, find }),

    async findPullRequest(repository: string, head: string): Promise<OpenPullRequest | undefined> {
      const [found] = await pullsOf(repository, head, "open");
      if (!found) return undefined;
      const { number, html_url: url, node_id: nodeId, body } = found;
      return { number, url, draft: found.draft === true, nodeId, body: body ?? "" };
    },

    /** The one that is open, else the newest that was; undefined where there was never one. */
    async lastPullRequest(repository: string, head: string): Promise<LastPullRequest | undefined> {
      const all = await pullsOf(repository, head, "all");
      const found = all.find(({ state }) => state === "open") ?? all[0];
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
