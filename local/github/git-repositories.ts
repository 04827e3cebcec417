import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const maxOutputBytes = 256 * 1024 * 1024;

export interface SeedOptions {
  /** Copies what git would add of this folder. */
  fromFolder?: string;
  /** Path to content. */
  files?: Record<string, string>;
  /** Default "main". */
  defaultBranch?: string;
  /** No commit at all. */
  empty?: boolean;
}

export interface CommitOptions {
  branch: string;
  /** Path to content; null removes the path. */
  files: Record<string, string | null>;
  message?: string;
  /** Where a new branch starts. Default: the default branch. */
  from?: string;
}

/** Real bare repositories in a temporary folder. */
export async function createRepositories() {
  const root = await mkdtemp(join(tmpdir(), "bugbot-git-"));
  const who = { NAME: "Alice Doe", EMAIL: "alice@example.com" };
  const env: Record<string, string> = {
    PATH: process.env["PATH"] ?? "",
    HOME: root,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_AUTHOR_NAME: who.NAME,
    GIT_AUTHOR_EMAIL: who.EMAIL,
    GIT_COMMITTER_NAME: who.NAME,
    GIT_COMMITTER_EMAIL: who.EMAIL,
  };
  const folderOf = (fullName: string) => join(root, `${fullName}.git`);

  async function bytes(fullName: string, args: string[], more: Record<string, string> = {}): Promise<Buffer> {
    const options = { env: { ...env, ...more }, maxBuffer: maxOutputBytes, encoding: "buffer" as const };
    return (await run("git", ["--git-dir", folderOf(fullName), ...args], options)).stdout;
  }
  const git = async (fullName: string, args: string[], more?: Record<string, string>) =>
    (await bytes(fullName, args, more)).toString("utf8");

  /** The full hash of a branch, a tag or a hash; undefined where there is none. */
  async function resolve(fullName: string, ref: string): Promise<string | undefined> {
    const named = [`refs/heads/${ref}`, `refs/tags/${ref}`];
    // GitHub takes no branch that is called like a whole hash.
    const names = isHash(ref) ? [ref] : [...named, ...(/^[0-9a-f]{7,39}$/.test(ref) ? [ref] : [])];
    for (const name of names) {
      const found = await git(fullName, ["rev-parse", "--verify", "--quiet", `${name}^{commit}`]).catch(
        () => undefined,
      );
      if (found) return found.trim();
    }
    return undefined;
  }

  /** Every branch with the commit it stands at: one process, however many there are. */
  async function heads(fullName: string): Promise<Map<string, string>> {
    const format = "--format=%(objectname) %(refname:lstrip=2)";
    const lines = (await git(fullName, ["for-each-ref", format, "refs/heads"])).split("\n");
    return new Map(lines.filter((line) => line !== "").map((line) => [line.slice(41), line.slice(0, 40)]));
  }

  /** Makes one commit of a working folder and moves the branch to it. */
  async function commitFolder(fullName: string, folder: string, branch: string, message: string, parent?: string) {
    const index = { GIT_INDEX_FILE: join(root, `index-${randomUUID()}`) };
    await git(fullName, ["--work-tree", folder, "add", "--all"], index);
    const tree = (await git(fullName, ["write-tree"], index)).trim();
    const parents = parent ? ["-p", parent] : [];
    const sha = (await git(fullName, ["commit-tree", tree, ...parents, "-m", message])).trim();
    await git(fullName, ["update-ref", `refs/heads/${branch}`, sha]);
    await rm(index.GIT_INDEX_FILE, { force: true });
    return sha;
  }

  async function withFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
    const folder = await mkdtemp(join(root, "work-"));
    try {
      return await use(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async function seed(fullName: string, { fromFolder, files = {}, defaultBranch = "main", empty }: SeedOptions) {
    await mkdir(dirname(folderOf(fullName)), { recursive: true });
    await run("git", ["init", "--quiet", "--bare", "--initial-branch", defaultBranch, folderOf(fullName)], { env });
    const settings = ["http.receivepack=true", "uploadpack.allowFilter=true", "uploadpack.allowAnySHA1InWant=true"];
    for (const setting of [...settings, "gc.auto=0", "receive.autogc=false", "core.quotePath=false"]) {
      await git(fullName, ["config", ...setting.split("=")]);
    }
    if (empty) return;
    if (fromFolder) await commitFolder(fullName, fromFolder, defaultBranch, "Start");
    else
      await withFolder(async (folder) => {
        await writeFiles(folder, files);
        await commitFolder(fullName, folder, defaultBranch, "Start");
      });
  }

  async function commit(
    fullName: string,
    parent: string | undefined,
    { branch, files, message = "Change" }: CommitOptions,
  ) {
    return withFolder(async (folder) => {
      if (parent) {
        const index = { GIT_INDEX_FILE: join(root, `index-${randomUUID()}`) };
        await git(fullName, ["--work-tree", folder, "read-tree", parent], index);
        await git(fullName, ["--work-tree", folder, "checkout-index", "--all"], index);
      }
      await writeFiles(folder, files);
      return commitFolder(fullName, folder, branch, message, parent);
    });
  }

  return {
    root,
    env,
    git,
    bytes,
    resolve,
    heads,
    seed,
    commit,
    close: () => rm(root, { recursive: true, force: true }),
  };
}
export type Repositories = Awaited<ReturnType<typeof createRepositories>>;

function isHash(ref: string): boolean {
  return /^[0-9a-f]{40}$/.test(ref);
}

async function writeFiles(folder: string, files: Record<string, string | null>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await (content === null ? rm(file, { force: true, recursive: true }) : writeFile(file, content));
  }
}
