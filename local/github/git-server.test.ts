import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, it } from "vitest";
import { createGitHub, type GitHub } from "../github.ts";

const run = promisify(execFile);
const token = "ghp_local";
let github: GitHub;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bugbot-test-"));
  github = await createGitHub({ token });
  await github.seedRepository("acme/shop", { files: { "README.md": "# Shop\n", "src/cart.ts": "export {};\n" } });
});
afterEach(async () => {
  await github.close();
  await rm(folder, { recursive: true, force: true });
});

async function git(...args: string[]) {
  const who = {
    GIT_AUTHOR_NAME: "a",
    GIT_AUTHOR_EMAIL: "a@b.c",
    GIT_COMMITTER_NAME: "a",
    GIT_COMMITTER_EMAIL: "a@b.c",
  };
  const own = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
  };
  return (await run("git", args, { cwd: folder, env: { ...own, ...who } })).stdout;
}
const remote = (name: string, password = token) =>
  github.url.replace("//", `//x-access-token:${password}@`) + `/${name}`;

async function pushBranch(branch: string, file: string, content: string | Buffer) {
  await git("-C", "shop", "checkout", "-q", "-b", branch);
  await writeFile(join(folder, "shop", file), content);
  await git("-C", "shop", "add", ".");
  await git("-C", "shop", "commit", "-qm", "Change");
  await git("-C", "shop", "push", "-q", "origin", branch);
}

describe("real git over HTTP", () => {
  it.for(["acme/shop.git", "acme/shop"])("clones and pushes %s with the token", async (name, { expect }) => {
    await git("clone", "-q", remote(name), "shop");
    await pushBranch("bugbot/bug-12", "src/cart.ts", "export const total = 1;\n");
    expect(await github.branches("acme/shop")).toEqual(["bugbot/bug-12", "main"]);
    expect(await github.file("acme/shop", "bugbot/bug-12", "src/cart.ts")).toBe("export const total = 1;\n");
    expect(await github.file("acme/shop", "main", "src/cart.ts")).toBe("export {};\n");
    expect(await github.diff("acme/shop", "main", "bugbot/bug-12")).toContain("+export const total = 1;");
    const pushes = github.requests.filter(
      ({ method, path }) => method === "POST" && path.endsWith("/git-receive-pack"),
    );
    expect(pushes).toHaveLength(1);
    expect(pushes[0]?.body).toBeUndefined();
  });

  it("streams a push that git sends in chunks", async ({ expect }) => {
    await git("clone", "-q", remote("acme/shop.git"), "shop");
    const large = randomBytes(3 * 1024 * 1024);
    await pushBranch("large", "large.bin", large);
    const chunked = github.requests.find(
      ({ headers, path }) => path.endsWith("/git-receive-pack") && headers["transfer-encoding"],
    );
    expect(chunked).toBeDefined();
    await git("clone", "-q", "--branch", "large", "--depth", "1", remote("acme/shop.git"), "again");
    expect((await git("-C", "again", "cat-file", "-s", "HEAD:large.bin")).trim()).toBe(String(large.length));
  });

  it("reads a gzipped request", async ({ expect }) => {
    const authorization = `Basic ${Buffer.from(`anyone:${token}`).toString("base64")}`;
    const type = "application/x-git-upload-pack-request";
    const headers = { authorization, "content-type": type, "content-encoding": "gzip", "git-protocol": "version=2" };
    const body = gzipSync("0014command=ls-refs\n0001001bref-prefix refs/heads/\n0000");
    const answer = await fetch(`${github.url}/acme/shop.git/git-upload-pack`, { method: "POST", headers, body });
    expect(await answer.text()).toContain("refs/heads/main");
  });

  it("asks everyone for credentials and takes only the token", async ({ expect }) => {
    await git("clone", "-q", remote("acme/shop.git"), "shop");
    await expect(git("clone", "-q", `${github.url}/acme/shop.git`, "no")).rejects.toThrow("could not read Username");
    await expect(git("clone", "-q", remote("acme/shop.git", "wrong"), "no")).rejects.toThrow("Authentication failed");
    await expect(git("clone", "-q", remote("acme/other.git"), "no")).rejects.toThrow("not found");
    const anonymous = await fetch(`${github.url}/acme/shop.git/info/refs?service=git-receive-pack`);
    expect([anonymous.status, anonymous.headers.get("www-authenticate")]).toEqual([401, 'Basic realm="GitHub"']);
    await git("-C", "shop", "remote", "set-url", "origin", remote("acme/shop.git", "wrong"));
    await expect(pushBranch("bugbot/x", "README.md", "x")).rejects.toThrow("Authentication failed");
    expect(await github.branches("acme/shop")).toEqual(["main"]);
    expect(existsSync(join(folder, "no"))).toBe(false);
  });

  it("clones an empty repository and takes its first push", async ({ expect }) => {
    await github.seedRepository("acme/empty", { empty: true });
    await git("clone", "-q", remote("acme/empty.git"), "shop");
    await pushBranch("main", "README.md", "# New\n");
    expect(await github.file("acme/empty", "main", "README.md")).toBe("# New\n");
  });

  it("fails a push before and after the effect", async ({ expect }) => {
    await git("clone", "-q", remote("acme/shop.git"), "shop");
    github.fault("POST /acme/shop.git/git-receive-pack", { status: 502 });
    await expect(pushBranch("one", "README.md", "1")).rejects.toThrow("502");
    expect(await github.branches("acme/shop")).toEqual(["main"]);
    github.fault("POST /acme/shop.git/git-receive-pack", { reset: true, afterEffect: true });
    await expect(git("-C", "shop", "push", "-q", "origin", "one")).rejects.toThrow();
    expect(await github.branches("acme/shop")).toEqual(["main", "one"]);
  });

  it("seeds from a folder and leaves nothing behind", async ({ expect }) => {
    await writeFile(join(folder, "index.js"), "1\n");
    const other = await createGitHub({ token });
    await other.seedRepository("acme/copy", { fromFolder: folder, defaultBranch: "trunk" });
    expect([await other.branches("acme/copy"), await other.file("acme/copy", "trunk", "index.js")]).toEqual([
      ["trunk"],
      "1\n",
    ]);
    expect(existsSync(join(folder, ".git"))).toBe(false);
    expect(existsSync(other.folder)).toBe(true);
    await other.close();
    expect(existsSync(other.folder)).toBe(false);
    await expect(fetch(other.url)).rejects.toThrow();
  });
});
