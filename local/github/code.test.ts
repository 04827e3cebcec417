import { Octokit } from "@octokit/rest";
import { afterEach, beforeEach, describe, it } from "vitest";
import { createGitHub, type GitHub } from "../github.ts";
import { secondaryLimit } from "./limits.ts";

const repo = { owner: "acme", repo: "shop" };
let github: GitHub;
let octokit: Octokit;

beforeEach(async () => {
  github = await createGitHub({ token: "ghp_local", maxTreeEntries: 4 });
  await github.seedRepository("acme/shop", {
    files: {
      "README.md": "# Shop\n",
      "src/cart.ts": "export function applyCode(code) {\n  cart.push(code);\n}\n",
      "src/big.ts": `applyCode${" ".repeat(384 * 1024)}`,
      "src/image.png": "\0applyCode",
    },
  });
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  octokit = new Octokit({ baseUrl: github.apiUrl, auth: "ghp_local", log });
});
afterEach(() => github.close());
const search = (q: string) => octokit.rest.search.code({ q, mediaType: { format: "text-match" } });

describe("searching code", () => {
  it("finds text of the default branch, whatever its case, with the lines around", async ({ expect }) => {
    await github.commit("acme/shop", { branch: "other", files: { "src/new.ts": "applyCode\n" } });
    const { data } = await search('"APPLYCODE" repo:acme/shop');
    expect(data.total_count).toBe(1);
    expect(data.items).toMatchObject([
      {
        path: "src/cart.ts",
        repository: { full_name: "acme/shop" },
        text_matches: [
          { fragment: "export function applyCode(code) {", matches: [{ text: "applyCode", indices: [16, 25] }] },
        ],
      },
    ]);
    expect((await search('"function applyCode" push repo:acme/shop')).data.total_count).toBe(1);
    expect((await search("applyCode nowhere repo:acme/shop")).data.items).toEqual([]);
  });

  it("is refused without a repository that is there, and without words", async ({ expect }) => {
    for (const q of ["applyCode", "applyCode repo:acme/none", "repo:acme/shop", `${"a".repeat(257)} repo:acme/shop`])
      await expect(search(q)).rejects.toMatchObject({ status: 422 });
  });

  it("is allowed ten times a minute, and counted apart", async ({ expect }) => {
    for (let left = 9; left >= 0; left--)
      expect((await search("cart repo:acme/shop")).headers).toMatchObject({
        "x-ratelimit-limit": "10",
        "x-ratelimit-remaining": String(left),
        "x-ratelimit-resource": "code_search",
      });
    await expect(search("cart repo:acme/shop")).rejects.toMatchObject({
      status: 403,
      response: { headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": expect.stringMatching(/^\d{10}$/) } },
    });
    expect((await octokit.rest.repos.get(repo)).headers["x-ratelimit-resource"]).toBe("core");
  });

  it("fails as GitHub does when asked too much at once", async ({ expect }) => {
    github.fault("/search/code", secondaryLimit(429, 30));
    await expect(search("cart repo:acme/shop")).rejects.toMatchObject({
      status: 429,
      response: {
        headers: { "retry-after": "30" },
        data: { message: expect.stringContaining("secondary rate limit") },
      },
    });
  });
});

describe("reading code", () => {
  it("lists a tree up to its limit", async ({ expect }) => {
    const whole = (await octokit.rest.git.getTree({ ...repo, tree_sha: "main" })).data;
    expect([whole.tree.map(({ path, type }) => `${type} ${path}`), whole.truncated]).toEqual([
      ["blob README.md", "tree src"],
      false,
    ]);
    const cut = (await octokit.rest.git.getTree({ ...repo, tree_sha: "main", recursive: "1" })).data;
    expect([cut.tree.length, cut.truncated]).toEqual([4, true]);
    await github.seedRepository("acme/empty", { empty: true });
    await expect(octokit.rest.git.getTree({ ...repo, repo: "empty", tree_sha: "main" })).rejects.toMatchObject({
      status: 409,
    });
  });

  it("lists the commits of a path, newest first", async ({ expect }) => {
    const sha = await github.commit("acme/shop", { branch: "main", files: { "src/cart.ts": "x\n" }, message: "Cut" });
    await github.commit("acme/shop", { branch: "main", files: { "README.md": "x\n" } });
    const { data } = await octokit.rest.repos.listCommits({ ...repo, path: "src/cart.ts" });
    expect(data.map(({ commit }) => commit.message)).toEqual(["Cut", "Start"]);
    expect(data[0]?.sha).toBe(sha);
  });
});
