import * as z from "zod/mini";
import { Failure } from "../../shared/failure.ts";
import { codeSearches } from "../../shared/limits.ts";
import type { OpenPullRequest, RecentCommit } from "../evidence/evidence.ts";
import { oneLine } from "../report/title.ts";
import type { GitHubConnection } from "./github-connection.ts";

export const codeHitSchema = z.object({
  path: z.string(),
  /** What stands around the matches. Untrusted text. */
  fragments: z.array(z.string()),
});
export type CodeHit = z.infer<typeof codeHitSchema>;

export interface Tree {
  /** Of files alone. */
  paths: string[];
  /** There are more than GitHub lists. */
  truncated: boolean;
}

export type GitHubCode = ReturnType<typeof createGitHubCode>;

/**
 * Reads code and what happened to it; `repository` is `owner/name`. One call each, and one alone where the same is asked again;
 * every method throws `Failure`.
 */
export function createGitHubCode({ ask, find }: GitHubConnection) {
  const trees = createMemory<Tree>();
  const pulls = createMemory<Omit<OpenPullRequest, "paths">[]>();

  return {
    /** The default branch's commit; null where there is no commit, or no such repository. */
    async head(repository: string): Promise<string | null> {
      const found = await find(repository, (rest, at) => rest.repos.listCommits({ ...at, per_page: 1 }), [404, 409]);
      return found?.data[0]?.sha ?? null;
    },

    tree: (repository: string, commit: string): Promise<Tree> =>
      trees(`${repository} ${commit}`, async () => {
        try {
          const call = { tree_sha: commit, recursive: "1" };
          const found = await find(repository, (rest, at) => rest.git.getTree({ ...at, ...call }), [404, 409]);
          const { tree, truncated } = found?.data ?? { tree: [], truncated: false };
          return { paths: tree.flatMap(({ type, path }) => (type === "blob" ? [path] : [])), truncated };
        } catch (error) {
          if (error instanceof Failure && error.code === "github_too_large") return { paths: [], truncated: true };
          throw error;
        }
      }),

    /** Whether there is such a file at `commit`. */
    async exists(repository: string, commit: string, path: string): Promise<boolean> {
      const call = { path, ref: commit, method: "HEAD" };
      return (await find(repository, (rest, at) => rest.repos.getContent({ ...at, ...call }))) !== undefined;
    },

    /** Files of the default branch that hold `term`, best first. Nothing where GitHub has no index of the repository. */
    async search(repository: string, term: string): Promise<CodeHit[]> {
      // Quotes would end the phrase and let what follows name other repositories.
      const q = `"${term.replace(/["\\]/g, " ")}" repo:${repository}`;
      const call = { q, per_page: codeSearches.hits, mediaType: { format: "text-match" } };
      const found = await find(repository, (rest, { headers }) => rest.search.code({ headers, ...call }), [404, 422]);
      return (found?.data.items ?? [])
        .filter((item) => item.repository.full_name.toLowerCase() === repository.toLowerCase())
        .map(({ path, text_matches: matches = [] }) => ({
          path,
          fragments: matches.flatMap(({ fragment }) => (fragment === undefined ? [] : [fragment.slice(0, 500)])),
        }));
    },

    /** The newest that touched `path`, as of `commit`. */
    async commits(repository: string, commit: string, path: string, count: number): Promise<RecentCommit[]> {
      const call = { sha: commit, path, per_page: count };
      const { data } = await ask(repository, "read", (rest, at) => rest.repos.listCommits({ ...at, ...call }));
      return data.map(({ sha, html_url: url, commit: { message, author, committer } }) => ({
        sha,
        url,
        path,
        subject: oneLine(message.slice(0, 1000).split("\n", 1)[0] ?? ""),
        author: oneLine((author?.name ?? committer?.name ?? "unknown").slice(0, 1000)),
        at: Date.parse(author?.date ?? committer?.date ?? "") || 0,
      }));
    },

    /** The open ones, those that something happened to last first; their paths are another question. */
    openPullRequests: (repository: string): Promise<Omit<OpenPullRequest, "paths">[]> =>
      pulls(repository, async () => {
        const call = { state: "open", sort: "updated", direction: "desc", per_page: 30 } as const;
        const { data } = await ask(repository, "read", (rest, at) => rest.pulls.list({ ...at, ...call }));
        return data.map(({ number, title, html_url: url }) => ({ number, title: oneLine(title.slice(0, 1000)), url }));
      }),

    /** What a pull request changes, its first hundred files; a renamed one under both names. */
    async changedFiles(repository: string, number: number): Promise<string[]> {
      const call = { pull_number: number, per_page: 100 };
      const { data } = await ask(repository, "read", (rest, at) => rest.pulls.listFiles({ ...at, ...call }));
      return data.flatMap(({ filename, previous_filename: before }) => (before ? [filename, before] : [filename]));
    },
  };
}

/** Answers that are asked for once; a failure is forgotten. */
function createMemory<T>() {
  const answers = new Map<string, Promise<T>>();
  return async (key: string, ask: () => Promise<T>): Promise<T> => {
    const asked = answers.get(key) ?? ask();
    answers.set(key, asked);
    try {
      return await asked;
    } catch (error) {
      answers.delete(key);
      throw error;
    }
  };
}
