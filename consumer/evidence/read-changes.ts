import { codeFound } from "../../shared/limits.ts";
import type { OpenPullRequest, RecentCommit, Suspect } from "./evidence.ts";

/** How many of one file are read. */
export const commitsOfOne = 3;

/** The newest commits that touched one of `suspects`; a `historyOf` for each. */
export async function readCommits(
  suspects: readonly Suspect[],
  historyOf: (path: string) => Promise<RecentCommit[]>,
): Promise<RecentCommit[]> {
  const histories = await Promise.all(suspects.map(({ path }) => historyOf(path)));
  // The most suspect file names a commit that touched several.
  const each = new Map(
    histories
      .flat()
      .toReversed()
      .map((one) => [one.sha, one]),
  );
  return [...each.values()].toSorted((one, other) => other.at - one.at).slice(0, codeFound.commits);
}

/** Which of `open` touch a suspect; `count` are looked at, a `changedFiles` for each: first those whose title speaks of one, then those that moved last. */
export async function readPullRequests(
  open: readonly Omit<OpenPullRequest, "paths">[],
  suspects: readonly Suspect[],
  count: number,
  changedFiles: (number: number) => Promise<string[]>,
): Promise<OpenPullRequest[]> {
  if (suspects.length === 0) return [];
  const stems = suspects.map(({ path }) => path.replace(/^.*\//, "").replace(/\..*$/, "").toLowerCase());
  const speaks = ({ title }: { title: string }) => stems.some((stem) => title.toLowerCase().includes(stem));
  const read = [...open.filter(speaks), ...open.filter((one) => !speaks(one))].slice(0, count);
  const touched = await Promise.all(
    read.map(async (one) => {
      const changed = new Set(await changedFiles(one.number));
      return { ...one, paths: suspects.map(({ path }) => path).filter((path) => changed.has(path)) };
    }),
  );
  return touched.filter(({ paths }) => paths.length > 0).slice(0, codeFound.pullRequests);
}
