import { Octokit } from "@octokit/rest";
import { afterEach, beforeEach, describe, it } from "vitest";
import { createGitHub, type GitHub } from "./github.ts";

const token = "ghp_local";
const repo = { owner: "acme", repo: "shop" };
const head = "bugbot/bug-12";
let github: GitHub;
let octokit: Octokit;

beforeEach(async () => {
  github = await createGitHub({ token });
  await github.seedRepository("acme/shop", {
    files: {
      "README.md": "# Shop\n",
      "src/cart.ts": "a\nb\nc\n",
      "src/old.ts": "x\n".repeat(20),
      "src/gone.ts": "1\n",
    },
  });
  octokit = octokitWith(token);
});
afterEach(() => github.close());

function octokitWith(auth: string | undefined) {
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  return new Octokit({ baseUrl: github.apiUrl, log, ...(auth && { auth }) });
}
const pushFix = () =>
  github.commit("acme/shop", {
    branch: head,
    message: "Fix the total\n\nBecause.",
    files: {
      "src/cart.ts": "a\nB\nc\n",
      "src/old.ts": null,
      "src/new.ts": "x\n".repeat(20),
      "app/[id]/page.tsx": "p\n",
      "src/gone.ts": null,
    },
  });
const openPull = (more: object = {}) =>
  octokit.rest.pulls.create({ ...repo, title: "Fix", head, base: "main", body: "Fixes it", ...more });
const refused = (status: number, message: string, more: object = {}) => ({
  status,
  response: { data: { message, ...more } },
});

describe("asked by GitHub's own client", () => {
  it("shows the repository, its branches, commits and contents", async ({ expect }) => {
    const sha = await pushFix();
    expect((await octokit.rest.repos.get(repo)).data).toMatchObject({ full_name: "acme/shop", default_branch: "main" });
    expect((await octokit.rest.repos.getBranch({ ...repo, branch: head })).data).toMatchObject({
      name: head,
      commit: { sha },
    });
    expect((await octokit.rest.git.getRef({ ...repo, ref: `heads/${head}` })).data.object).toMatchObject({
      type: "commit",
      sha,
    });
    const commit = { sha, commit: { message: "Fix the total\n\nBecause.", author: { name: "Alice Doe" } } };
    for (const ref of [head, sha])
      expect((await octokit.rest.repos.getCommit({ ...repo, ref })).data).toMatchObject(commit);
    const page = { ...repo, path: "app/[id]/page.tsx", ref: head };
    expect((await octokit.rest.repos.getContent(page)).data).toMatchObject({
      type: "file",
      content: "cAo=\n",
      encoding: "base64",
    });
    expect((await octokit.rest.repos.getContent({ ...page, mediaType: { format: "raw" } })).data).toBe("p\n");
    const folder = (await octokit.rest.repos.getContent({ ...repo, path: "src" })).data;
    expect(folder).toMatchObject([{ path: "src/cart.ts" }, { path: "src/gone.ts" }, { path: "src/old.ts" }]);
    expect((await octokit.rest.users.getAuthenticated()).data.login).toBe("bugbot");
    expect((await octokit.rest.rateLimit.get()).data.rate.limit).toBe(5000);
  });

  it("compares from the merge base, with what each file became", async ({ expect }) => {
    const sha = await pushFix();
    const start = (await octokit.rest.repos.getCommit({ ...repo, ref: "main" })).data.sha;
    await github.commit("acme/shop", { branch: "main", files: { "README.md": "# Moved on\n" } });
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead({ ...repo, basehead: `main...${head}` });
    expect(data).toMatchObject({ status: "diverged", ahead_by: 1, behind_by: 1, total_commits: 1, commits: [{ sha }] });
    expect(data.merge_base_commit.sha).toBe(start);
    const found = data.files?.map(({ filename, previous_filename, status, additions, deletions, changes, patch }) => {
      return { filename, previous_filename, status, additions, deletions, changes, patch };
    });
    const [none, nothing] = [undefined, { additions: 0, deletions: 0, changes: 0, patch: undefined }];
    const [one, gone] = [
      { additions: 1, deletions: 0, changes: 1 },
      { additions: 0, deletions: 1, changes: 1 },
    ];
    const changed = {
      status: "modified",
      additions: 1,
      deletions: 1,
      changes: 2,
      patch: "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c",
    };
    expect(found).toEqual([
      { filename: "app/[id]/page.tsx", previous_filename: none, status: "added", ...one, patch: "@@ -0,0 +1 @@\n+p" },
      { filename: "src/cart.ts", previous_filename: none, ...changed },
      { filename: "src/gone.ts", previous_filename: none, status: "removed", ...gone, patch: "@@ -1 +0,0 @@\n-1" },
      { filename: "src/new.ts", previous_filename: "src/old.ts", status: "renamed", ...nothing },
    ]);
    const same = await octokit.rest.repos.compareCommitsWithBasehead({ ...repo, basehead: `${sha}...acme:${head}` });
    expect(same.data).toMatchObject({ status: "identical", files: [] });
  });

  it("keeps each file's patch with its file, whatever the kind of change", async ({ expect }) => {
    await github.commit("acme/shop", {
      branch: "main",
      files: { "b.bin": "\0\x01", "z.ts": "z\n", 'tab\tquote".ts': "1\n" },
    });
    await github.commit("acme/shop", {
      branch: head,
      files: { "b.bin": "\0\x02", "z.ts": "y\n", 'tab\tquote".ts': "2\n" },
    });
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead({ ...repo, basehead: `main...${head}` });
    const found = data.files?.map(({ filename, changes, patch }) => [filename, changes, patch]);
    expect(found).toEqual([
      ["b.bin", 0, undefined],
      ['tab\tquote".ts', 2, "@@ -1 +1 @@\n-1\n+2"],
      ["z.ts", 2, "@@ -1 +1 @@\n-z\n+y"],
    ]);
  });

  it("opens one pull request, finds it by its head, labels, comments, edits and closes it", async ({ expect }) => {
    const sha = await pushFix();
    const { data: pull } = await openPull();
    expect(pull).toMatchObject({
      number: 1,
      state: "open",
      user: { login: "bugbot" },
      changed_files: 4,
      head: { ref: head, sha },
    });
    expect(pull.html_url).toBe(`${github.url}/acme/shop/pull/1`);
    const message = `A pull request already exists for acme:${head}.`;
    await expect(openPull()).rejects.toMatchObject(
      refused(422, "Validation Failed", { errors: [{ code: "custom", message }] }),
    );
    expect((await octokit.rest.pulls.list({ ...repo, head: `acme:${head}`, state: "open" })).data).toMatchObject([
      { number: 1 },
    ]);
    expect((await octokit.rest.pulls.list({ ...repo, head: "acme:other" })).data).toEqual([]);
    const number = { ...repo, issue_number: 1 };
    const label = { owner: "acme", repo: "shop", name: "bugbot", color: "5865f2" };
    expect((await octokit.rest.issues.createLabel(label)).status).toBe(201);
    await expect(octokit.rest.issues.createLabel(label)).rejects.toMatchObject({ status: 422 });
    expect((await octokit.rest.issues.addLabels({ ...number, labels: ["bugbot"] })).data).toMatchObject([
      { name: "bugbot" },
    ]);
    await octokit.rest.issues.createComment({ ...number, body: "Done" });
    const moved = await github.commit("acme/shop", { branch: head, files: { "src/cart.ts": "A\n" } });
    const update = await octokit.rest.pulls.update({ ...repo, pull_number: 1, title: "Fix it", state: "closed" });
    expect(update.data).toMatchObject({
      title: "Fix it",
      state: "closed",
      head: { sha: moved },
      comments: 1,
      commits: 2,
    });
    expect((await octokit.rest.pulls.list(repo)).data).toEqual([]);
    expect(github.pullRequests("acme/shop")).toMatchObject([{ title: "Fix it", body: "Fixes it", labels: ["bugbot"] }]);
  });

  it("squashes a pull request that a person merges, and lists it with its branch as it was", async ({ expect }) => {
    const sha = await pushFix();
    await openPull();
    await github.endPullRequest("acme/shop", 1, "merge");
    const [merged] = (await octokit.rest.pulls.list({ ...repo, head: `acme:${head}`, state: "all" })).data;
    expect(merged).toMatchObject({ state: "closed", merged_at: expect.any(String), head: { sha } });
    expect(await github.diff("acme/shop", "main", head)).not.toBe("");
    expect(await github.file("acme/shop", "main", "src/cart.ts")).toBe(
      await github.file("acme/shop", head, "src/cart.ts"),
    );
  });

  it("pages through the files of a pull request", async ({ expect }) => {
    const files = Object.fromEntries(Array.from({ length: 35 }, (_, number) => [`src/${number}.ts`, "1\n"]));
    await github.commit("acme/shop", { branch: head, files });
    await openPull();
    const asked = { ...repo, pull_number: 1 };
    expect((await octokit.rest.pulls.listFiles(asked)).data).toHaveLength(30);
    expect(await octokit.paginate(octokit.rest.pulls.listFiles, asked)).toHaveLength(35);
  });

  it("closes a pull request whose branch is deleted", async ({ expect }) => {
    await pushFix();
    await openPull();
    await octokit.rest.git.deleteRef({ ...repo, ref: `heads/${head}` });
    expect(await github.branches("acme/shop")).toEqual(["main"]);
    expect(github.pullRequests("acme/shop")).toMatchObject([{ state: "closed" }]);
    const again = octokit.rest.git.deleteRef({ ...repo, ref: `heads/${head}` });
    await expect(again).rejects.toMatchObject(refused(422, "Reference does not exist"));
  });
});

describe("what GitHub refuses", () => {
  it("credentials", async ({ expect }) => {
    const wrong = octokitWith("ghp_wrong").rest.repos.get(repo);
    await expect(wrong).rejects.toMatchObject(refused(401, "Bad credentials", { status: "401" }));
    await expect(octokitWith(undefined).rest.repos.get(repo)).rejects.toMatchObject(
      refused(401, "Requires authentication"),
    );
  });

  it("what is not there", async ({ expect }) => {
    await expect(octokit.rest.repos.get({ ...repo, repo: "other" })).rejects.toMatchObject(refused(404, "Not Found"));
    await expect(octokit.rest.repos.getBranch({ ...repo, branch: "a/b" })).rejects.toMatchObject(
      refused(404, "Branch not found"),
    );
    await expect(octokit.rest.git.getRef({ ...repo, ref: "heads/a" })).rejects.toMatchObject(refused(404, "Not Found"));
    await expect(octokit.rest.repos.getContent({ ...repo, path: "no.ts" })).rejects.toMatchObject(
      refused(404, "Not Found"),
    );
    const compare = octokit.rest.repos.compareCommitsWithBasehead({ ...repo, basehead: "main...no" });
    await expect(compare).rejects.toMatchObject(refused(404, "Not Found"));
    await expect(octokit.rest.pulls.get({ ...repo, pull_number: 9 })).rejects.toMatchObject(refused(404, "Not Found"));
  });

  it("a pull request without a head, a base or a commit", async ({ expect }) => {
    await github.commit("acme/shop", { branch: "same", files: {}, message: "empty" });
    const failed = (error: object) =>
      refused(422, "Validation Failed", { errors: [{ resource: "PullRequest", ...error }] });
    await expect(openPull({ head: "no" })).rejects.toMatchObject(failed({ field: "head", code: "invalid" }));
    await expect(openPull({ head: "same", base: "no" })).rejects.toMatchObject(
      failed({ field: "base", code: "invalid" }),
    );
    const message = "No commits between main and main";
    await expect(openPull({ head: "main" })).rejects.toMatchObject(failed({ code: "custom", message }));
    expect(github.pullRequests("acme/shop")).toEqual([]);
  });

  it("most of an empty repository", async ({ expect }) => {
    await github.seedRepository("acme/empty", { empty: true });
    const empty = { owner: "acme", repo: "empty" };
    expect((await octokit.rest.repos.get(empty)).data.default_branch).toBe("main");
    await expect(octokit.rest.repos.getBranch({ ...empty, branch: "main" })).rejects.toMatchObject({ status: 404 });
    await expect(octokit.rest.git.getRef({ ...empty, ref: "heads/main" })).rejects.toMatchObject(
      refused(409, "Git Repository is empty."),
    );
    await expect(octokit.rest.repos.getContent({ ...empty, path: "" })).rejects.toMatchObject(
      refused(404, "This repository is empty."),
    );
    const compare = octokit.rest.repos.compareCommitsWithBasehead({ ...empty, basehead: "main...x" });
    await expect(compare).rejects.toMatchObject({ status: 404 });
    const pull = octokit.rest.pulls.create({ ...empty, title: "x", head: "x", base: "main" });
    await expect(pull).rejects.toMatchObject({ status: 422 });
  });

  it("an answer lost after the pull request was opened", async ({ expect }) => {
    await pushFix();
    github.fault("POST /repos/acme/shop/pulls", { status: 502, afterEffect: true });
    await expect(openPull()).rejects.toMatchObject({ status: 502 });
    expect(github.pullRequests("acme/shop")).toHaveLength(1);
    await expect(openPull()).rejects.toMatchObject({ status: 422 });
    expect(github.pullRequests("acme/shop")).toHaveLength(1);
  });
});
