import type { Comparison, GitHub, PullRequest } from "../clients/github.ts";

export interface Recorded {
  head?: string | null;
  compared?: Comparison | undefined;
  open?: PullRequest | undefined;
}

/** GitHub as a list of calls, for tests: it answers what it is given. */
export function recordGitHub({ head = null, compared, open }: Recorded) {
  const calls: unknown[][] = [];
  const record =
    <T>(name: string, answer: T) =>
    async (...args: unknown[]): Promise<T> => {
      calls.push([name, ...args]);
      return answer;
    };
  const github: GitHub = {
    repository: record("repository", undefined),
    branchHead: record("branchHead", head),
    compare: record("compare", compared),
    findPullRequest: record("findPullRequest", open),
    createPullRequest: record("createPullRequest", {
      number: 7,
      url: "https://github.com/acme/shop/pull/7",
      draft: false,
    }),
    labelPullRequest: record("labelPullRequest", undefined),
    resetBranch: record("resetBranch", undefined),
    deleteBranch: record("deleteBranch", undefined),
  };
  return { github, calls, names: () => calls.map(([name]) => name) };
}
