import { forbiddenPaths } from "../shared/allowed-paths.ts";
import type { ChangedFile } from "../shared/job.ts";
import { findChangedFiles } from "./changed-files.ts";
import type { Checkout } from "./checkout.ts";
import { GitError, type Git } from "./git.ts";
import { maxWorkBytes, maxWorkFiles } from "./limits.ts";

export interface UnpushedWork {
  files: ChangedFile[];
  /** As `git apply` reads it. */
  patch: Buffer;
}

/** What the agent changed of the files it may change, links aside; undefined where that is nothing, or too much to keep. */
export async function readWork(
  checkout: Checkout,
  allowedPaths: string[],
  folder: string,
  git: Git,
): Promise<UnpushedWork | undefined> {
  const changes = await findChangedFiles(checkout, folder, git);
  const refused = new Set([
    ...changes.links,
    ...forbiddenPaths(
      changes.files.map(({ path }) => path),
      allowedPaths,
    ),
  ]);
  const files = changes.files.filter(({ path }) => !refused.has(path));
  if (files.length === 0 || files.length > maxWorkFiles) return undefined;
  const how = ["--cached", "--binary", "--full-index", "--no-renames", "--no-ext-diff", "--no-textconv"];
  const paths = files.map(({ path }) => path);
  const patch = await changes.git(["diff", ...how, checkout.commit, "--", ...paths], {
    env: { GIT_LITERAL_PATHSPECS: "1" },
  });
  return patch.length <= maxWorkBytes ? { files, patch } : undefined;
}

/**
 * Puts earlier work into a working tree that the agent has not seen yet; what is there already stays. False where it does not fit
 * any more, or holds what may not be written: a link, or a path that is not allowed.
 */
export async function applyWork(
  patch: Buffer,
  { repository }: Checkout,
  allowedPaths: string[],
  git: Git,
): Promise<boolean> {
  const within: Git = (args, options) => git(["-C", repository, ...args], options);
  const apply = (...how: string[]) =>
    within(["apply", "--whitespace=nowarn", ...how, "-"], { input: patch }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof GitError) return false;
        throw error;
      },
    );
  if (await apply("--check", "--reverse", "--cached")) return true;
  // In the index alone first: nothing is written before every path and mode was looked at.
  if (!(await apply("--cached"))) return false;
  const raw = (await within(["diff", "--cached", "--raw", "--no-renames", "--no-ext-diff", "-z", "HEAD"])).toString();
  await within(["read-tree", "HEAD"]);
  const entries = [...raw.matchAll(/:(\d+) (\d+) \w+ \w+ \w\0([^\0]+)\0/g)].map(([, before, after, path = ""]) => ({
    modes: [before, after],
    path,
  }));
  const isPlain = entries.every(({ modes }) => modes.every((mode) => /^(000000|100644|100755)$/.test(mode ?? "")));
  const paths = entries.map(({ path }) => path);
  if (!isPlain || paths.length === 0 || forbiddenPaths(paths, allowedPaths).length > 0) return false;
  return apply();
}
