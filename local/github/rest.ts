import { type Context, Hono } from "hono";
import * as z from "zod";
import { type Repositories } from "./git-repositories.ts";
import { type GitHubAnswers, nodeId } from "./answers.ts";
import { type App } from "./app.ts";
import { appRoutes } from "./app-routes.ts";
import { codeRoutes, searchRoute } from "./code-routes.ts";
import { type CommitAnswers } from "./commit-answers.ts";
import { type History } from "./comparison.ts";
import { type Contents } from "./contents.ts";
import { GitHubError } from "./errors.ts";
import { type FindGrant, type Grant, permissionFor } from "./grants.ts";
import { type Limits } from "./limits.ts";
import { pullRoutes } from "./pull-routes.ts";
import { type GitHubRepository, type Pulls } from "./pulls.ts";

export interface RestNeeds {
  findGrant: FindGrant;
  app: App | undefined;
  login: string;
  known: Map<string, GitHubRepository>;
  repositories: Repositories;
  history: History;
  contents: Contents;
  pulls: Pulls;
  answers: GitHubAnswers & CommitAnswers;
  apiUrl: string;
  /** The web's, and git's. */
  url: string;
  limits: Limits;
  /** Of a classic personal token. */
  tokenScopes: readonly string[];
  /** A tree lists no more. */
  maxTreeEntries: number;
}
export type RestEnvironment = { Variables: { repository: GitHubRepository; grant: Grant } };

/** The REST routes. https://docs.github.com/rest */
export function createRest(needs: RestNeeds) {
  const { findGrant, login, known, repositories, history, contents, answers, apiUrl } = needs;
  const app = new Hono<RestEnvironment>().basePath(new URL(apiUrl).pathname);

  app.onError((error) => {
    if (error instanceof GitHubError) return error.answer();
    if (error instanceof z.ZodError) return new GitHubError(422, "Invalid request.", error.issues).answer();
    throw error;
  });
  app.notFound(() => new GitHubError(404, "Not Found").answer());

  if (needs.app) app.route("/", appRoutes(needs.app, needs));
  app.use(async (context, next) => {
    const authorization = context.req.header("authorization");
    if (authorization === undefined) throw new GitHubError(401, "Requires authentication");
    const token = /^(?:token|bearer) +(.+)$/i.exec(authorization)?.[1] ?? "";
    const grant = findGrant(token);
    if (!grant) throw new GitHubError(401, "Bad credentials");
    if (grant.suspended) throw new GitHubError(403, "This installation has been suspended");
    const search = new URL(context.req.url).pathname.endsWith("/search/code");
    const { exceeded, headers } = needs.limits.take(token, search ? "code_search" : "core");
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
    if (exceeded) {
      const message = "API rate limit exceeded for user ID 1.";
      return context.json({ message, documentation_url: "https://docs.github.com/rest" }, 403);
    }
    if (!token.startsWith("ghs_") && needs.tokenScopes.length > 0)
      context.header("x-oauth-scopes", needs.tokenScopes.join(", "));
    context.set("grant", grant);
    return next();
  });
  app.use("/repos/:owner/:name/*", async (context, next) => {
    const { owner, name } = context.req.param();
    const repository = known.get(`${owner}/${name}`.toLowerCase());
    const grant = context.get("grant");
    if (!repository || !grant.sees(repository.fullName)) throw new GitHubError(404, "Not Found");
    const below = context.req.path.split(`/repos/${owner}/${name}`)[1] ?? "";
    const [permission, level] = permissionFor(context.req.method, below);
    if (!grant.may(permission, level)) {
      context.header("x-accepted-github-permissions", `${permission}=${level}`);
      const message = "Resource not accessible by integration";
      return context.json({ message, documentation_url: "https://docs.github.com/rest", status: "403" }, 403);
    }
    context.set("repository", repository);
    return next();
  });

  app.get("/user", (context) => context.json(answers.user(login)));
  app.get("/rate_limit", (context) => {
    const rate = { limit: 5000, used: 0, remaining: 5000, reset: Math.floor(Date.now() / 1000) + 3600 };
    return context.json({ resources: { core: rate, graphql: rate, search: rate }, rate });
  });
  app.get("/repos/:owner/:name", (context) => context.json(answers.repository(context.get("repository"))));

  app.route("/", searchRoute(needs));

  const repo = new Hono<RestEnvironment>();
  repo.get("/branches/:branch{.+}", async (context) => {
    const { fullName } = context.get("repository");
    const name = decoded(context, "branch");
    const sha = await branchOf(fullName, name);
    if (!sha) throw new GitHubError(404, "Branch not found");
    const self = `${apiUrl}/repos/${fullName}/branches/${name}`;
    const _links = { self, html: self };
    const commit = answers.commit(fullName, await history.commit(fullName, sha));
    return context.json({ name, commit, _links, protected: false, protection_url: `${self}/protection` });
  });
  repo.get("/git/ref/:ref{.+}", async (context) => {
    const { fullName } = context.get("repository");
    const name = branchIn(decoded(context, "ref"));
    if (await isEmpty(fullName)) throw new GitHubError(409, "Git Repository is empty.");
    const sha = await branchOf(fullName, name);
    if (!sha) throw new GitHubError(404, "Not Found");
    const api = `${apiUrl}/repos/${fullName}/git`;
    const ref = `refs/heads/${name}`;
    const object = { type: "commit", sha, url: `${api}/commits/${sha}` };
    return context.json({ ref, node_id: nodeId("Ref", ref), url: `${api}/${ref}`, object });
  });
  repo.delete("/git/refs/:ref{.+}", async (context) => {
    const { fullName, defaultBranch } = context.get("repository");
    const name = branchIn(decoded(context, "ref"));
    if (!(await branchOf(fullName, name))) throw new GitHubError(422, "Reference does not exist");
    if (name === defaultBranch) throw new GitHubError(422, "Cannot delete the default branch");
    await repositories.git(fullName, ["update-ref", "-d", `refs/heads/${name}`]);
    await needs.pulls.current(context.get("repository"));
    return context.body(null, 204);
  });
  repo.patch("/git/refs/:ref{.+}", async (context) => {
    const { fullName } = context.get("repository");
    const name = branchIn(decoded(context, "ref"));
    const { sha, force } = z
      .object({ sha: z.string().regex(/^[0-9a-f]{40}$/), force: z.boolean().default(false) })
      .parse(await context.req.json());
    const before = await branchOf(fullName, name);
    if (!before) throw new GitHubError(422, "Reference does not exist");
    if (!(await repositories.resolve(fullName, sha))) throw new GitHubError(422, "Object does not exist");
    const ahead = await repositories.git(fullName, ["merge-base", before, sha]).catch(() => "");
    if (!force && ahead.trim() !== before) throw new GitHubError(422, "Update is not a fast forward");
    await repositories.git(fullName, ["update-ref", `refs/heads/${name}`, sha]);
    await needs.pulls.current(context.get("repository"));
    const ref = `refs/heads/${name}`;
    return context.json({
      ref,
      node_id: nodeId("Ref", ref),
      url: `${apiUrl}/repos/${fullName}/git/${ref}`,
      object: { type: "commit", sha },
    });
  });
  repo.get("/commits/:ref{.+}", async (context) => {
    const { fullName } = context.get("repository");
    const ref = decoded(context, "ref");
    if (await isEmpty(fullName)) throw new GitHubError(409, "Git Repository is empty.");
    const sha = await repositories.resolve(fullName, ref);
    if (!sha) throw new GitHubError(422, `No commit found for SHA: ${ref}`);
    return context.json(answers.commit(fullName, await history.commit(fullName, sha)));
  });
  repo.on("GET", ["/contents", "/contents/", "/contents/:path{.+}"], async (context) => {
    const { fullName, defaultBranch } = context.get("repository");
    const path = decoded(context, "path");
    const ref = context.req.query("ref") ?? defaultBranch;
    if (await isEmpty(fullName)) throw new GitHubError(404, "This repository is empty.");
    const sha = await repositories.resolve(fullName, ref);
    if (!sha) throw new GitHubError(404, `No commit found for the ref ${ref}`);
    const found = await contents.read(fullName, sha, ref, path);
    const raw = /application\/vnd\.github(\.v3)?\.raw/.test(context.req.header("accept") ?? "");
    if (!raw || Array.isArray(found)) return context.json(found);
    return new Response(new Uint8Array(await contents.bytes(fullName, sha, path)));
  });
  repo.get("/compare/:basehead{.+}", async (context) => {
    const { fullName, owner } = context.get("repository");
    const asked = decoded(context, "basehead");
    const [base, head] = await Promise.all(
      asked.split("...").map((side) => repositories.resolve(fullName, side.replace(`${owner}:`, ""))),
    );
    if (!base || !head) throw new GitHubError(404, "Not Found");
    const compared = await history.compare(fullName, base, head);
    if (!compared) throw new GitHubError(404, `No common ancestor between ${asked.replace("...", " and ")}.`);
    const [baseCommit, mergeBase] = await Promise.all(
      [base, compared.mergeBase].map((sha) => history.commit(fullName, sha)),
    );
    if (!baseCommit || !mergeBase) throw new GitHubError(404, "Not Found");
    return context.json(answers.comparison(fullName, asked, compared, baseCommit, mergeBase));
  });
  repo.route("/", codeRoutes(needs));
  repo.route("/", pullRoutes(needs));
  app.route("/repos/:owner/:name", repo);
  return app;

  async function branchOf(fullName: string, name: string): Promise<string | undefined> {
    const found = await repositories
      .git(fullName, ["rev-parse", "--verify", "--quiet", `refs/heads/${name}^{commit}`])
      .catch(() => "");
    return found.trim() || undefined;
  }
  async function isEmpty(fullName: string): Promise<boolean> {
    return (await repositories.git(fullName, ["for-each-ref", "--count=1"])) === "";
  }
}

function decoded(context: Context, name: string): string {
  return context.req.param(name) ?? "";
}

/** Octokit escapes the slashes of `heads/a/b`, so the route cannot tell them apart. */
function branchIn(ref: string): string {
  if (!ref.startsWith("heads/")) throw new GitHubError(404, "Not Found");
  return ref.slice("heads/".length);
}
