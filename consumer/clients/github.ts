import { Octokit } from "@octokit/rest";
import * as z from "zod/mini";
import { maxComparedFiles, vendorTimeoutMs } from "../../shared/limits.ts";
import { parseRetryAfter, vendorFailure } from "./vendor-failure.ts";

export interface GitHubOptions {
  token: string;
  /** `https://api.github.com`, without a trailing slash. */
  apiUrl: string;
}

export interface Repository {
  /** `owner/name` as GitHub spells it. */
  name: string;
  defaultBranch: string;
  /** No commit yet. */
  empty: boolean;
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
}

export interface NewPullRequest {
  head: string;
  base: string;
  title: string;
  body: string;
}

export type GitHub = ReturnType<typeof createGitHub>;

/** GitHub in bugbot's words; `repository` is `owner/name`. Every method throws `Failure`. */
export function createGitHub({ token, apiUrl }: GitHubOptions) {
  const octokit = new Octokit({
    auth: token,
    baseUrl: apiUrl,
    userAgent: "bugbot",
    // Octokit's own request lines are no JSON; failures are logged by whoever meets them.
    log: { debug: silent, info: silent, warn: silent, error: silent },
    request: {
      fetch: (url: string, init: RequestInit) => fetch(url, { ...init, signal: AbortSignal.timeout(vendorTimeoutMs) }),
    },
  });

  async function headOf(repository: string, branch: string): Promise<string | null> {
    const found = await orNotFound(octokit.rest.repos.getBranch({ ...parts(repository), branch }));
    return found?.data.commit.sha ?? null;
  }

  return {
    /** Undefined when it does not exist or the token may not see it, which GitHub answers alike. */
    async repository(repository: string): Promise<Repository | undefined> {
      const found = await orNotFound(octokit.rest.repos.get(parts(repository)));
      if (!found) return undefined;
      const { full_name: name, default_branch: defaultBranch } = found.data;
      return { name, defaultBranch, empty: (await headOf(name, defaultBranch)) === null };
    },

    /** The commit a branch stands at; null where there is no such branch. */
    branchHead: (repository: string, branch: string): Promise<string | null> => headOf(repository, branch),

    /** `base` and `head` are branches or commits. Undefined: one of them is not there, or they share no history. */
    async compare(repository: string, base: string, head: string): Promise<Comparison | undefined> {
      const compared = await orNotFound(
        octokit.rest.repos.compareCommitsWithBasehead({ ...parts(repository), basehead: `${base}...${head}` }),
      );
      if (!compared) return undefined;
      const { ahead_by: ahead, behind_by: behind, files = [] } = compared.data;
      if (files.length >= maxComparedFiles) return { ahead, behind, paths: "too_many" };
      const paths = files.flatMap((file) =>
        file.previous_filename ? [file.previous_filename, file.filename] : [file.filename],
      );
      return { ahead, behind, paths };
    },

    async findPullRequest(repository: string, head: string): Promise<PullRequest | undefined> {
      const { owner, repo } = parts(repository);
      const { data } = await orFailure(
        octokit.rest.pulls.list({ owner, repo, head: `${owner}:${head}`, state: "open" }),
      );
      const [found] = data;
      return found && { number: found.number, url: found.html_url };
    },

    async createPullRequest(repository: string, { head, base, title, body }: NewPullRequest): Promise<PullRequest> {
      const { data } = await orFailure(octokit.rest.pulls.create({ ...parts(repository), head, base, title, body }));
      return { number: data.number, url: data.html_url };
    },

    /** Puts a branch back to where it stood, whatever was pushed since. */
    async resetBranch(repository: string, branch: string, commit: string): Promise<void> {
      await orFailure(
        octokit.rest.git.updateRef({ ...parts(repository), ref: `heads/${branch}`, sha: commit, force: true }),
      );
    },

    /** Nothing happens when it is gone already. */
    async deleteBranch(repository: string, branch: string): Promise<void> {
      try {
        await octokit.rest.git.deleteRef({ ...parts(repository), ref: `heads/${branch}` });
      } catch (error) {
        const { status } = readError(error);
        if (status !== 404 && status !== 422) throw toFailure(error);
      }
    },
  };
}

function silent(): void {}

function parts(repository: string): { owner: string; repo: string } {
  const [owner = "", repo = ""] = repository.split("/");
  return { owner, repo };
}

async function orFailure<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    throw toFailure(error);
  }
}

async function orNotFound<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (readError(error).status === 404) return undefined;
    throw toFailure(error);
  }
}

/** Octokit's `RequestError`; without a `response` the request itself failed, whatever status it claims. */
const requestErrorSchema = z.object({
  status: z.number(),
  response: z.object({ headers: z.record(z.string(), z.unknown()) }),
});

function readError(error: unknown): { status?: number; retryAfter?: string } {
  const parsed = requestErrorSchema.safeParse(error);
  if (!parsed.success) return {};
  const { status, response } = parsed.data;
  const {
    "retry-after": retryAfter,
    "x-ratelimit-remaining": remaining,
    "x-ratelimit-reset": reset,
  } = response.headers;
  if (typeof retryAfter === "string") return { status, retryAfter };
  // The primary limit says when it ends, not how long that is.
  if (remaining === "0" && typeof reset === "string") {
    return { status, retryAfter: String(Math.max(1, Math.ceil(Number(reset) - Date.now() / 1000))) };
  }
  return { status };
}

function toFailure(error: unknown) {
  const { status, retryAfter } = readError(error);
  return vendorFailure({
    vendor: "GitHub",
    status,
    retryAfterMs: parseRetryAfter(retryAfter),
    credential: "check that GITHUB_TOKEN has `contents` and `pull requests` (read and write) on the repository",
    cause: error,
  });
}
