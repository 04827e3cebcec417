import { mkdir, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Job } from "../shared/job.ts";
import { GitError, type Git } from "./git.ts";

export interface Checkout {
  /** The agent's working tree. Whatever is in its `.git` later, is the agent's word. */
  repository: string;
  /** What the agent starts from: the head of the job's branch where the remote has one, of its base branch otherwise. */
  commit: string;
  /** The head of the base branch, which no agent has changed; the same as `commit` where the job's branch is new. */
  baseCommit: string;
  /** `git ls-tree -r -z` of that commit, taken before the agent could touch anything. */
  listing: Buffer;
  isShallow: boolean;
}

/** Bytes go in and out as they are: no filter (LFS), no line-ending conversion. It outranks every `.gitattributes`. */
export const rawAttributes = "* -text -filter -ident -working-tree-encoding\n";

/** Gets one commit, without history, into `folder`. */
export async function checkOut(job: Job, folder: string, git: Git): Promise<Checkout> {
  const repository = join(folder, "repo");
  const { start, base } = await findStart(job, git);
  const within = ["-C", repository];
  await mkdir(repository);
  await git([...within, "init", "--quiet", "--template=", "--initial-branch=work"]);
  await mkdir(join(repository, ".git/info"));
  await writeFile(join(repository, ".git/info/attributes"), rawAttributes);
  const baseCommit = start === base ? undefined : await fetchHead(base);
  const commit = await fetchHead(start);
  await git([...within, "reset", "--quiet", "--hard", commit]);
  const listing = await git([...within, "ls-tree", "-r", "-z", "--full-tree", commit]);
  const isShallow = existsSync(join(repository, ".git/shallow"));
  return { repository, commit, baseCommit: baseCommit ?? commit, listing, isShallow };

  async function fetchHead(ref: string): Promise<string> {
    await git([...within, "fetch", "--quiet", "--depth=1", "--no-tags", "--", job.remoteUrl, ref], { remote: true });
    return (await git([...within, "rev-parse", "--verify", "FETCH_HEAD^{commit}"])).toString().trim();
  }
}

/** The full names of the ref to start from and of the base branch. */
async function findStart({ remoteUrl, baseBranch, branch }: Job, git: Git): Promise<{ start: string; base: string }> {
  const base = `refs/heads/${baseBranch}`;
  const own = `refs/heads/${branch}`;
  for (const ref of [base, own]) {
    await git(["check-ref-format", ref]).catch(() => {
      throw new GitError(`fatal: '${ref}' is not a valid branch name`);
    });
  }
  if (own === base) throw new GitError(`fatal: '${branch}' is the base branch, bugbot does not push to it`);
  const listed = (await git(["ls-remote", "--", remoteUrl, base, own], { remote: true })).toString();
  const refs = new Set(listed.split("\n").map((line) => line.split("\t")[1]));
  const start = [own, base].find((ref) => refs.has(ref));
  if (!start) throw new GitError(`fatal: Remote branch ${baseBranch} not found in upstream origin`);
  return { start, base };
}
