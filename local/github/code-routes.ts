import { basename } from "node:path";
import { Hono } from "hono";
import { readQuery, searchCode, textMatches } from "./code-search.ts";
import { GitHubError, validationFailed } from "./errors.ts";
import { type RestEnvironment, type RestNeeds } from "./rest.ts";

/** `GET /search/code`. https://docs.github.com/rest/search/search#search-code */
export function searchRoute({ known, repositories, answers, apiUrl, url }: RestNeeds) {
  const routes = new Hono<RestEnvironment>();
  routes.get("/search/code", async (context) => {
    const { q = "", per_page: size = "30", page = "1" } = context.req.query();
    const { terms, repository: name } = readQuery(q);
    const repository = known.get(name.toLowerCase());
    if (!repository || !context.get("grant").sees(repository.fullName)) {
      const message =
        "The listed users and repositories cannot be searched either because the resources do not exist or you do not have permission to view them.";
      throw validationFailed([{ resource: "Search", field: "q", code: "invalid", message }]);
    }
    const matches = await searchCode(repositories, repository, terms);
    const { fullName, defaultBranch } = repository;
    const detailed = context.req.header("accept")?.includes("text-match");
    const from = (Number(page) - 1) * Number(size);
    const items = matches.slice(from, from + Number(size)).map((match) => {
      const path = match.path.split("/").map(encodeURIComponent).join("/");
      const self = `${apiUrl}/repos/${fullName}/contents/${path}?ref=${defaultBranch}`;
      return {
        name: basename(match.path),
        path: match.path,
        sha: match.sha,
        url: self,
        git_url: `${apiUrl}/repos/${fullName}/git/blobs/${match.sha}`,
        html_url: `${url}/${fullName}/blob/${defaultBranch}/${path}`,
        repository: answers.repository(repository),
        score: 1,
        ...(detailed && { text_matches: textMatches(self, match, terms) }),
      };
    });
    return context.json({ total_count: matches.length, incomplete_results: false, items });
  });
  return routes;
}

/** Trees, and the commits of a path. */
export function codeRoutes({ repositories, history, answers, apiUrl, maxTreeEntries }: RestNeeds) {
  const routes = new Hono<RestEnvironment>();
  const resolve = async (fullName: string, ref: string) => {
    const sha = await repositories.resolve(fullName, ref);
    const empty = !sha && (await repositories.git(fullName, ["for-each-ref", "--count=1"])) === "";
    if (empty) throw new GitHubError(409, "Git Repository is empty.");
    return sha;
  };

  const treeOf = async (fullName: string, hash: string) => {
    const asked = ["rev-parse", "--verify", "--quiet", `${hash}^{tree}`];
    return /^[0-9a-f]{40}$/.test(hash) && (await repositories.git(fullName, asked).catch(() => "")).trim();
  };

  routes.get("/git/trees/:sha{.+}", async (context) => {
    const { fullName } = context.get("repository");
    const asked = context.req.param("sha");
    const sha = (await resolve(fullName, asked)) ?? (await treeOf(fullName, asked));
    if (!sha) throw new GitHubError(404, "Not Found");
    const recursive = context.req.query("recursive") === undefined ? [] : ["-r", "-t"];
    const listing = await repositories.git(fullName, ["ls-tree", "-z", "--long", ...recursive, sha]);
    const api = `${apiUrl}/repos/${fullName}/git`;
    const entries = listing.split("\0").flatMap((line) => {
      const [, mode, type, object, size, path] = /^(\d+) (\w+) ([0-9a-f]+) +(\d+|-)\t(.+)$/s.exec(line) ?? [];
      if (!type || !path) return [];
      const blob = type === "blob" ? { size: Number(size) } : {};
      return [{ path, mode, type, sha: object, ...blob, url: `${api}/${type}s/${object}` }];
    });
    const tree = entries.slice(0, maxTreeEntries);
    return context.json({ sha, url: `${api}/trees/${sha}`, tree, truncated: tree.length < entries.length });
  });

  routes.get("/commits", async (context) => {
    const { fullName, defaultBranch } = context.get("repository");
    const { sha: ref = defaultBranch, path, per_page: size = "30" } = context.req.query();
    const sha = await resolve(fullName, ref);
    if (!sha) throw new GitHubError(404, "Not Found");
    const found = await history.log(fullName, sha, path || undefined, Math.min(Number(size), 100));
    return context.json(found.map((one) => answers.commit(fullName, one)));
  });
  return routes;
}
