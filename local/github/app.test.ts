import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { afterEach, beforeEach, describe, it } from "vitest";
import { createGitHub, type GitHub } from "../github.ts";
import { type Level, type Permission } from "./app.ts";
import { createAppKey } from "./app-key.ts";

const run = promisify(execFile);
const repo = { owner: "acme", repo: "shop" };
const log = { debug() {}, info() {}, warn() {}, error() {} };
const key = createAppKey();
let github: GitHub;

beforeEach(async () => {
  github = await createGitHub({ token: "ghp_local", app: key });
  await github.seedRepository("acme/shop", { files: { "README.md": "# Shop\n" } });
  await github.seedRepository("acme/other", { files: { "README.md": "# Other\n" } });
});
afterEach(() => github.close());

function asApp({ id, privateKey } = key) {
  const auth = { appId: id, privateKey };
  return new Octokit({ baseUrl: github.apiUrl, log, authStrategy: createAppAuth, auth });
}
const withToken = (auth: string) => new Octokit({ baseUrl: github.apiUrl, log, auth });
async function mint(permissions: Partial<Record<Permission, Level>>, repositories = ["shop"]) {
  const app = asApp();
  const installation_id = (await app.rest.apps.getRepoInstallation(repo)).data.id;
  return (await app.rest.apps.createInstallationAccessToken({ installation_id, repositories, permissions })).data.token;
}
const remote = (token: string, name: string) =>
  github.url.replace("//", `//x-access-token:${token}@`) + `/acme/${name}.git`;

describe("an App's tokens, asked for by GitHub's own client", () => {
  it("open one repository, and no more than was asked", async ({ expect }) => {
    const token = await mint({ contents: "read", metadata: "read" });
    const { rest } = withToken(token);
    expect((await rest.repos.get(repo)).data.full_name).toBe("acme/shop");
    expect((await rest.repos.getBranch({ ...repo, branch: "main" })).status).toBe(200);
    await expect(rest.repos.get({ ...repo, repo: "other" })).rejects.toMatchObject({ status: 404 });
    await expect(rest.pulls.list(repo)).rejects.toMatchObject({
      status: 403,
      response: { data: { message: "Resource not accessible by integration" } },
    });
    await expect(rest.git.deleteRef({ ...repo, ref: "heads/x" })).rejects.toMatchObject({ status: 403 });
  });

  it("let git read or push, that repository only", async ({ expect }) => {
    const folder = await mkdtemp(join(tmpdir(), "bugbot-test-"));
    const env = { PATH: process.env["PATH"] ?? "", HOME: folder, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0" };
    const git = (...args: string[]) => run("git", args, { cwd: folder, env: { ...env, GIT_CONFIG_NOSYSTEM: "1" } });
    try {
      const reader = await mint({ contents: "read" });
      await git("clone", "-q", remote(reader, "shop"), "shop");
      await expect(git("clone", "-q", remote(reader, "other"), "no")).rejects.toThrow("not found");
      await expect(git("-C", "shop", "push", "-q", "origin", "HEAD:refs/heads/x")).rejects.toThrow("403");
      expect(await github.branches("acme/shop")).toEqual(["main"]);
      await git("-C", "shop", "push", "-q", remote(await mint({ contents: "write" }), "shop"), "HEAD:refs/heads/x");
      expect(await github.branches("acme/shop")).toEqual(["main", "x"]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("end with the installation, or before", async ({ expect }) => {
    const token = await mint({ contents: "read" });
    github.app?.endTokens();
    await expect(withToken(token).rest.repos.get(repo)).rejects.toMatchObject({ status: 401 });
    const later = await mint({ contents: "read" });
    github.app?.suspend("acme");
    await expect(withToken(later).rest.repos.get(repo)).rejects.toMatchObject({ status: 403 });
    await expect(mint({ contents: "read" })).rejects.toMatchObject({
      status: 403,
      response: { data: { message: "This installation has been suspended" } },
    });
    github.app?.uninstall("acme");
    await expect(mint({ contents: "read" })).rejects.toMatchObject({ status: 404 });
  });

  it("are refused for what was not granted", async ({ expect }) => {
    github.app?.install("acme", { repositories: ["shop"], permissions: { contents: "read", metadata: "read" } });
    await expect(mint({ contents: "write" })).rejects.toMatchObject({
      status: 422,
      response: { data: { message: "The permissions requested are not granted to this installation." } },
    });
    await expect(mint({ contents: "read" }, ["other"])).rejects.toMatchObject({ status: 422 });
    expect(github.app?.minted).toEqual([]);
  });
});

describe("a JSON web token is refused", () => {
  const ask = (authorization: string) =>
    fetch(`${github.apiUrl}/repos/acme/shop/installation`, { headers: { authorization } });
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);

  it("that another key signed, or none", async ({ expect }) => {
    const forged = asApp({ ...key, privateKey: createAppKey().privateKey });
    await expect(forged.rest.apps.getRepoInstallation(repo)).rejects.toMatchObject({ status: 401 });
    const body = `${encode({ alg: "RS256" })}.${encode({ iss: key.id, iat: now, exp: now + 60 })}`;
    expect((await ask(`bearer ${body}.`)).status).toBe(401);
    // The public key is no secret: a signature made with it as an HMAC key proves nothing.
    const confused = `${encode({ alg: "HS256" })}.${encode({ iss: key.id, iat: now, exp: now + 60 })}`;
    const hmac = createHmac("sha256", key.publicKey).update(confused).digest("base64url");
    expect((await ask(`bearer ${confused}.${hmac}`)).status).toBe(401);
    expect((await ask("bearer ghp_local")).status).toBe(401);
  });

  it("of another App", async ({ expect }) => {
    const refused = asApp({ ...key, id: "2" }).rest.apps.getRepoInstallation(repo);
    await expect(refused).rejects.toMatchObject({ response: { data: { message: "Integration not found" } } });
  });
});
