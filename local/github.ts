import { type CommitOptions, createRepositories, type SeedOptions } from "./github/git-repositories.ts";
import { createGitServer } from "./github/git-server.ts";
import { type AppOptions, createApp } from "./github/app.ts";
import { createGrants } from "./github/grants.ts";
import { createGraphql } from "./github/graphql.ts";
import { createAnswers } from "./github/answers.ts";
import { createCommitAnswers } from "./github/commit-answers.ts";
import { createHistory } from "./github/comparison.ts";
import { createContents } from "./github/contents.ts";
import { createLimits } from "./github/limits.ts";
import { createPulls, type GitHubRepository, type NewPull, type PullRequest } from "./github/pulls.ts";
import { createRest } from "./github/rest.ts";
import { startStandIn } from "./stand-in.ts";

export interface GitHubOptions {
  /** The personal token. */
  token: string;
  /** The App with this key is installed wherever a repository is seeded. */
  app?: AppOptions | undefined;
  /** A tree lists no more entries. Default 100,000, as GitHub's. */
  maxTreeEntries?: number;
  /** Whose token it is. Default "bugbot". */
  login?: string;
}

const apiPath = "/api/v3";
const graphqlPath = "/api/graphql";

/** A local stand-in for GitHub: real git repositories over HTTP, the REST API under /api/v3 and GraphQL at /api/graphql, as on an own server. */
export async function createGitHub({
  token,
  app: appOptions,
  login = "bugbot",
  maxTreeEntries = 100_000,
}: GitHubOptions) {
  const repositories = await createRepositories();
  const known = new Map<string, GitHubRepository>();
  const history = createHistory(repositories);
  const pulls = createPulls(repositories, history, login);
  const knows = (fullName: string) => known.has(fullName.toLowerCase());
  const pushed = async (fullName: string) => void (await pulls.current(repositoryOf(fullName)));
  const app = appOptions && createApp(appOptions);
  const findGrant = createGrants(token, app);
  const git = createGitServer({ root: repositories.root, env: repositories.env, findGrant, knows, pushed });
  const isApi = (path: string) => path === apiPath || path.startsWith(`${apiPath}/`);
  const graphql = createGraphql({ findGrant, known });

  const { origin, close, ...standIn } = await startStandIn({
    streams: (path) => !isApi(path) && path !== graphqlPath,
    operation: ({ method, path }) => `${method} ${path.split("?", 1)[0]?.replace(apiPath, "")}`,
    answer: (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === graphqlPath) return graphql(request);
      return isApi(pathname) ? rest.fetch(request) : git.answer(request);
    },
  });
  const apiUrl = `${origin}${apiPath}`;
  const contents = createContents({ repositories, apiUrl, url: origin });
  const answers = { ...createAnswers(apiUrl, origin), ...createCommitAnswers(apiUrl, origin) };
  const limits = createLimits();
  const tokenScopes = ["repo"];
  const state = { tokenScopes, known, repositories, history, contents, pulls, limits };
  const rest = createRest({ ...state, findGrant, app, login, answers, maxTreeEntries, apiUrl, url: origin });

  function repositoryOf(fullName: string): GitHubRepository {
    const repository = known.get(fullName.toLowerCase());
    if (!repository) throw new Error(`no repository ${fullName}`);
    return repository;
  }
  async function hashOf(fullName: string, ref: string): Promise<string> {
    const sha = await repositories.resolve(repositoryOf(fullName).fullName, ref);
    if (!sha) throw new Error(`no ${ref} in ${fullName}`);
    return sha;
  }

  return {
    ...standIn,
    /** For `GITHUB_API_URL` and Octokit's `baseUrl`. */
    apiUrl,
    /** For `GITHUB_URL`: `<url>/<owner>/<name>.git` is what git clones. */
    url: origin,
    /** May be changed: the personal token's scopes from now on. Without any it is a fine-grained one, of which they are not said. */
    tokenScopes,
    /** Where it is installed and what it was given; undefined without one. */
    app,
    /** How often each token asked. */
    limits,
    /** Where the bare repositories are until `close()`. */
    folder: repositories.root,
    seedRepository: async (fullName: string, options: SeedOptions): Promise<void> => {
      const [owner = "", name = ""] = fullName.split("/");
      const defaultBranch = options.defaultBranch ?? "main";
      await repositories.seed(fullName, options);
      const own = { id: known.size + 1, owner, name, fullName, defaultBranch, createdAt: new Date().toISOString() };
      known.set(fullName.toLowerCase(), { ...own, pulls: [] });
      if (app && !app.installationOf(owner)) app.install(owner);
    },
    /** What someone else pushes: one commit on a new or known branch. Answers its hash. */
    commit: async (fullName: string, options: CommitOptions): Promise<string> => {
      const { defaultBranch } = repositoryOf(fullName);
      const tip = await repositories.resolve(fullName, options.branch);
      const parent = tip ?? (await repositories.resolve(fullName, options.from ?? defaultBranch));
      const sha = await repositories.commit(fullName, parent, options);
      await pulls.current(repositoryOf(fullName));
      return sha;
    },
    /** Oldest first; up to date with what was pushed. */
    pullRequests: (fullName: string): PullRequest[] => repositoryOf(fullName).pulls,
    /** What a person opens in the browser. */
    openPullRequest: (fullName: string, given: NewPull): Promise<PullRequest> =>
      pulls.open(repositoryOf(fullName), given),
    /** What a person does with one in the browser. It is squashed; its branch stays. */
    endPullRequest: async (fullName: string, number: number, how: "close" | "merge"): Promise<void> => {
      const repository = repositoryOf(fullName);
      const pull = (await pulls.current(repository)).find((one) => one.number === number);
      if (!pull) throw new Error(`no pull request ${number} in ${fullName}`);
      if (how === "merge") await pulls.merge(repository, pull);
      else pulls.close(pull);
    },
    branches: async (fullName: string): Promise<string[]> => {
      const refs = await repositories.git(repositoryOf(fullName).fullName, [
        "for-each-ref",
        "--format=%(refname:lstrip=2)",
        "refs/heads/",
      ]);
      return refs.split("\n").filter((name) => name !== "");
    },
    /** Undefined where the branch has no such file. */
    file: async (fullName: string, branch: string, path: string): Promise<string | undefined> => {
      const bytes = await contents.bytes(fullName, await hashOf(fullName, branch), path).catch(() => undefined);
      return bytes?.toString("utf8");
    },
    /** What `head` changes since it left `base`, as `git diff` prints it. */
    diff: async (fullName: string, base: string, head: string): Promise<string> => {
      const range = `${await hashOf(fullName, base)}...${await hashOf(fullName, head)}`;
      return repositories.git(fullName, ["diff", "-M", range]);
    },
    close: async (): Promise<void> => {
      git.close();
      await close();
      await repositories.close();
    },
  };
}
export type GitHub = Awaited<ReturnType<typeof createGitHub>>;
