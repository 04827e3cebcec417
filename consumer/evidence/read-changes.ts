import { codeFound } from "../../shared/limits.ts";
import type { GitHubCode } from "../clients/github-code.ts";
import type { OpenPullRequest, RecentCommit, Suspect } from "./evidence.ts";

/** How many of one file are read. */
const commitsOfOne = 3;

/** The newest commits that touched one of `suspects`, as of `commit`; a call for each. */
export async function readCommits(
  github: GitHubCode,
  repository: string,
  commit: string,
  suspects: readonly Suspect[],
): Promise<RecentCommit[]> {
  const histories = await Promise.all(
    suspects.map(({ path }) => github.commits(repository, commit, path, commitsOfOne)),
  );
  // The most suspect file names a commit that touched several.
  const each = new Map(
    histories
      .flat()
      .toReversed()
      .map((one) => [one.sha, one]),
  );
  return [...each.values()].toSorted((one, other) => other.at - one.at).slice(0, codeFound.commits);
}

/** Which of `open` touch a suspect; `count` are looked at, a call for each: first those whose title speaks of one, then those that moved last. */
export async function readPullRequests(
  github: GitHubCode,
  repository: string,
  open: readonly Omit<OpenPullRequest, "paths">[],
  suspects: readonly Suspect[],
  count: number,
): Promise<OpenPullRequest[]> {
  if (suspects.length === 0) return [];
  const stems = suspects.map(({ path }) => path.replace(/^.*\//, "").replace(/\..*$/, "").toLowerCase());
  const speaks = ({ title }: { title: string }) => stems.some((stem) => title.toLowerCase().includes(stem));
  const read = [...open.filter(speaks), ...open.filter((one) => !speaks(one))].slice(0, count);
  const touched = await Promise.all(
    read.map(async (one) => {
      const changed = new Set(await github.changedFiles(repository, one.number));
      return { ...one, paths: suspects.map(({ path }) => path).filter((path) => changed.has(path)) };
    }),
  );
  return touched.filter(({ paths }) => paths.length > 0).slice(0, codeFound.pullRequests);
}
