import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { claudeEnvironment } from "../../container/ask-claude.ts";
import { claudeArguments } from "../../container/claude-arguments.ts";
import { userMessage, readClaudeMessage } from "../../container/claude-message.ts";
import { createEnvironment } from "../../container/environment.ts";
import type { Anthropic } from "../../local/anthropic.ts";
import type { GitHub } from "../../local/github.ts";
import { projectRoot } from "../../local/project-root.ts";
import { standInCredentials } from "../../local/stand-ins.ts";
import { demoJob, seedShop } from "./demo-job.ts";

const gitTimeoutMs = 30_000;
const askTimeoutMs = 60_000;

export interface HandNeeds {
  github: GitHub;
  anthropic: Anthropic;
}

export interface HandTimes {
  clone: number;
  ask: number;
  commit: number;
  push: number;
  verify: number;
  pullRequest: number;
  total: number;
}

/** What bugbot does, as a person would with a shell, without bugbot: clone, `claude -p`, commit, push, see that the tests fail without it, open the pull request. */
export async function fixByHand(name: string, { github, anthropic }: HandNeeds): Promise<HandTimes> {
  const { githubToken, anthropicKey } = standInCredentials;
  const folder = await mkdtemp(join(tmpdir(), "bugbot-hand-"));
  const tree = join(folder, "repo");
  const repository = await seedShop(github, `hand-${name}`);
  const job = demoJob({ repository, remoteUrl: `${github.url}/${repository}.git`, modelUrl: anthropic.url });
  const PATH = [join(projectRoot, "node_modules/.bin"), process.env["PATH"]].join(delimiter);
  const environment = await createEnvironment({ ...process.env, PATH }, folder);
  const basic = Buffer.from(`x-access-token:${githubToken}`).toString("base64");
  const gitEnvironment = {
    ...environment,
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "http.extraHeader",
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
    GIT_AUTHOR_NAME: "Ada",
    GIT_AUTHOR_EMAIL: "ada@example.com",
    GIT_COMMITTER_NAME: "Ada",
    GIT_COMMITTER_EMAIL: "ada@example.com",
  };
  const git = (cwd: string, args: string[]) =>
    promisify(execFile)("git", args, { cwd, env: gitEnvironment, timeout: gitTimeoutMs });

  const lap = stopwatch();
  try {
    await git(folder, ["clone", "--quiet", "--depth=1", job.remoteUrl, tree]);
    const clone = lap();
    await ask();
    const asked = lap();
    await git(tree, ["switch", "--quiet", "--create", job.branch]);
    await git(tree, ["add", "--all"]);
    await git(tree, ["commit", "--quiet", "--message", job.commitSubject]);
    const commit = lap();
    await git(tree, ["push", "--quiet", "origin", `HEAD:refs/heads/${job.branch}`]);
    const push = lap();
    await verify();
    const verified = lap();
    await openPullRequest();
    const pullRequest = lap();
    const total = clone + asked + commit + push + verified + pullRequest;
    return { clone, ask: asked, commit, push, verify: verified, pullRequest, total };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }

  /** The tests pass with the change, and fail without it. */
  async function verify(): Promise<void> {
    const test = () => promisify(execFile)("npm", ["test"], { cwd: tree, env: environment, timeout: askTimeoutMs });
    await test();
    await git(tree, ["switch", "--quiet", "--detach", "HEAD~1"]);
    const fails = await test().then(
      () => false,
      () => true,
    );
    if (!fails) throw new Error("the tests pass without the change");
  }

  /** As `container/ask-claude.ts` runs it: same arguments, same environment, but straight to the model. */
  async function ask(): Promise<void> {
    const child = spawn("claude", claudeArguments(job, { id: randomUUID(), isResumed: false, lost: [] }), {
      cwd: tree,
      env: { ...claudeEnvironment(job, folder, environment), ANTHROPIC_API_KEY: anthropicKey },
      timeout: askTimeoutMs,
      stdio: ["pipe", "pipe", "ignore"],
    });
    const ended = once(child, "close");
    child.stdin.write(userMessage(job.prompt, randomUUID()));
    for await (const line of createInterface(child.stdout)) {
      if (readClaudeMessage(line)?.type === "result") child.stdin.end();
    }
    await ended;
  }

  async function openPullRequest(): Promise<void> {
    const response = await fetch(`${github.apiUrl}/repos/${repository}/pulls`, {
      method: "POST",
      headers: { authorization: `Bearer ${githubToken}`, "content-type": "application/json" },
      body: JSON.stringify({ head: job.branch, base: job.baseBranch, title: job.commitSubject, body: "By hand." }),
      signal: AbortSignal.timeout(gitTimeoutMs),
    });
    if (response.status !== 201) throw new Error(`no pull request: ${response.status} ${await response.text()}`);
    await response.body?.cancel();
  }
}

/** Milliseconds since it was last asked. */
function stopwatch(): () => number {
  let before = performance.now();
  return () => {
    const now = performance.now();
    const passed = now - before;
    before = now;
    return passed;
  };
}
