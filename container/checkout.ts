import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Job } from "../shared/job.ts";
import { GitError, type Git } from "./git.ts";
import { removeFolder } from "./remove-folder.ts";
import type { Shelf } from "./shelf.ts";

export interface Checkout {
  /** The agent's working tree. Whatever is in its `.git` later, is the agent's word. */
  repository: string;
  /** What the agent starts from: the head of the job's branch where the remote has one, of its base branch otherwise. */
  commit: string;
  /** The head of the base branch, which no agent has changed; the same as `commit` where the job's branch is new. */
  baseCommit: string;
  /** `git ls-tree -r -z` of that commit, taken before the agent could touch anything. */
  listing: Buffer;
  /** The commits whose parents are not there, as `.git/shallow` has them; empty where all are. */
  shallow: string;
}

/** Bytes go in and out as they are: no filter (LFS), no line-ending conversion. It outranks every `.gitattributes`. */
export const rawAttributes = "* -text -filter -ident -working-tree-encoding\n";

const fetched = { base: "refs/bugbot/base", start: "refs/bugbot/start" };

/** Gets one commit, without history, into `folder`; where the shelf has the last run's checkout, only what is new since. */
export async function checkOut(job: Job, folder: string, git: Git, shelf?: Shelf): Promise<Checkout> {
  const repository = join(folder, "repo");
  const prepare = async (): Promise<boolean> => {
    if (await shelf?.takeUp(job, repository, git)) return true;
    await makeRepository(repository, git);
    return false;
  };
  const [start, isWarm] = await both(findStart(job, git), prepare());
  try {
    return await bring(job, start, repository, git, isWarm);
  } catch (error) {
    // What the agent left may be damaged.
    if (!isWarm || !(error instanceof GitError)) throw error;
    await removeFolder(repository);
    await makeRepository(repository, git);
    return bring(job, start, repository, git, false);
  }
}

async function bring(
  { remoteUrl }: Job,
  { start, base }: Start,
  repository: string,
  git: Git,
  isWarm: boolean,
): Promise<Checkout> {
  const within: Git = (args, options) => git(["-C", repository, ...args], options);
  const refspecs = [`+${base}:${fetched.base}`, `+${start}:${fetched.start}`];
  await within(["fetch", "--quiet", "--depth=1", "--no-tags", "--", remoteUrl, ...refspecs], { remote: true });
  const commits = await within(["rev-parse", `${fetched.start}^{commit}`, `${fetched.base}^{commit}`]);
  const [commit = "", baseCommit = ""] = commits.toString().split("\n");
  const [listing] = await both(within(["ls-tree", "-r", "-z", "--full-tree", commit]), write(commit, isWarm, within));
  const shallow = await readFile(join(repository, ".git/shallow"), "utf8").catch(() => "");
  return { repository, commit, baseCommit, listing, shallow };
}

/** Makes the files as the commit has them; where some are there, only those that differ, by their contents: the index that knew is gone. */
async function write(commit: string, isWarm: boolean, git: Git): Promise<void> {
  if (isWarm) {
    await git(["read-tree", commit]);
    await git(["update-index", "-q", "--refresh"]);
  }
  await git(["reset", "--quiet", "--hard", commit]);
  if (isWarm) await git(["clean", "--quiet", "-ffdx"]);
}

export async function makeRepository(repository: string, git: Git): Promise<void> {
  await mkdir(join(repository, ".git/info"), { recursive: true });
  await writeFile(join(repository, ".git/info/attributes"), rawAttributes);
  await git(["-C", repository, "init", "--quiet", "--template=", "--initial-branch=work"]);
}

interface Start {
  start: string;
  base: string;
}

/** The full names of the ref to start from and of the base branch. */
async function findStart({ remoteUrl, baseBranch, branch }: Job, git: Git): Promise<Start> {
  const base = `refs/heads/${baseBranch}`;
  const own = `refs/heads/${branch}`;
  const check = (ref: string) =>
    git(["check-ref-format", ref]).catch(() => {
      throw new GitError(`fatal: '${ref}' is not a valid branch name`);
    });
  await both(check(base), check(own));
  if (own === base) throw new GitError(`fatal: '${branch}' is the base branch, bugbot does not push to it`);
  const listed = (await git(["ls-remote", "--", remoteUrl, base, own], { remote: true })).toString();
  const refs = new Set(listed.split("\n").map((line) => line.split("\t")[1]));
  const start = [own, base].find((ref) => refs.has(ref));
  if (!start) throw new GitError(`fatal: Remote branch ${baseBranch} not found in upstream origin`);
  return { start, base };
}

/** What they come to, once neither goes on: the folder they work in may be removed then. */
async function both<One, Other>(one: Promise<One>, other: Promise<Other>): Promise<[One, Other]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}
