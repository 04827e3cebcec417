import type { GitHub, LastPullRequest, OpenPullRequest } from "../clients/github.ts";
import type { Comparison, TreeEntry } from "../clients/github-changes.ts";

export interface Recorded {
  head?: string | null;
  compared?: Comparison | undefined;
  open?: OpenPullRequest | undefined;
  last?: LastPullRequest | undefined;
  /** Whether GitHub lets it make a draft of a pull request, and the other way round. */
  redrafts?: boolean;
  /** By commit, each path's mode; where none is given, one plain file. */
  modes?: Record<string, Map<string, string> | undefined>;
  /** Whether nobody else moved the branch before it was taken back. */
  isUndone?: boolean;
}

/** GitHub as a list of calls, for tests: it answers what it is given. */
export function recordGitHub({
  head = null,
  compared,
  open,
  last,
  modes = {},
  isUndone = true,
  redrafts = true,
}: Recorded) {
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
    lastPullRequest: record("lastPullRequest", last),
    createPullRequest: record("createPullRequest", {
      number: 7,
      url: "https://github.com/acme/shop/pull/7",
      draft: false,
    }),
    labelPullRequest: record("labelPullRequest", undefined),
    describePullRequest: record("describePullRequest", undefined),
    redraftPullRequest: record("redraftPullRequest", redrafts),
    commentOnce: record("commentOnce", undefined),
    moveBranch: record("moveBranch", isUndone),
    entries: async (_repository, commit) => {
      const of = commit in modes ? modes[commit] : new Map([["src/cart.js", "100644"]]);
      return of && new Map(Array.from(of, ([path, mode]): [string, TreeEntry] => [path, { mode, sha: mode }]));
    },
  };
  return { github, calls, names: () => calls.map(([name]) => name) };
}
