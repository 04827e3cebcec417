import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ChangedFile } from "../shared/job.ts";
import { rawAttributes, type Checkout } from "./checkout.ts";
import type { Environment } from "./environment.ts";
import type { Git, GitOptions } from "./git.ts";

export interface Changes {
  files: ChangedFile[];
  /** Of these, the ones that are, were or hide behind a symbolic link or a submodule. */
  links: string[];
  /** Runs git in a repository that the agent has never seen, with the changes in its index. */
  git: Git;
}

const submodule = "160000";
const symbolicLink = "120000";

/**
 * What the agent's working tree holds beside the commit it started from: tracked or not, committed by the agent or not;
 * a rename is two files. The agent's `.git` may hold anything, so none of its settings, hooks or index is used: only
 * its objects, which git checks by their names, and the listing taken before the agent ran.
 */
export async function findChangedFiles(checkout: Checkout, folder: string, git: Git): Promise<Changes> {
  const own = await createOwnRepository(checkout, folder, git);
  const before = readEntries(checkout.listing);
  const submodules = [...before].filter(([, entry]) => entry.startsWith(submodule)).map(([path]) => path);

  // Submodules stay out of the index meanwhile: git would look for changes inside of them, with their own settings.
  const listed = splitRecords(checkout.listing).filter((record) => !record.startsWith(submodule));
  await own(["update-index", "-z", "--index-info"], { input: Buffer.from(listed.join(""), "latin1") });
  await own(["add", "--all"]);
  const after = readEntries(await own(["ls-files", "--stage", "-z"]));
  for (const path of submodules) {
    if (![...after.keys()].some((other) => `${other}/`.startsWith(`${path}/`))) after.set(path, before.get(path) ?? "");
  }

  const paths = [...new Set([...before.keys(), ...after.keys()])]
    .filter((p) => before.get(p) !== after.get(p))
    .toSorted();
  const links = paths.filter(
    (path) =>
      [before.get(path), after.get(path)].some(
        (entry) => entry?.startsWith(symbolicLink) || entry?.startsWith(submodule),
      ) || submodules.some((parent) => path.startsWith(`${parent}/`)),
  );
  const restored = splitRecords(checkout.listing).filter((record) => record.startsWith(submodule));
  if (links.length === 0) {
    await own(["update-index", "-z", "--index-info"], { input: Buffer.from(restored.join(""), "latin1") });
  }
  const counts = paths.length > 0 ? await countLines(checkout.commit, own) : new Map<string, ChangedFile>();
  return { files: paths.map((path) => counts.get(path) ?? { path, additions: 0, deletions: 0 }), links, git: own };
}

async function createOwnRepository({ repository, shallow }: Checkout, folder: string, git: Git): Promise<Git> {
  const gitDir = await mkdtemp(join(folder, "own-"));
  await git(["init", "--quiet", "--bare", "--template=", "--", gitDir]);
  await mkdir(join(gitDir, "info"), { recursive: true });
  await writeFile(join(gitDir, "info/attributes"), rawAttributes);
  await writeFile(join(gitDir, "objects/info/alternates"), `${join(repository, ".git/objects")}\n`);
  if (shallow !== "") await writeFile(join(gitDir, "shallow"), shallow);
  const place: Environment = { GIT_DIR: gitDir, GIT_WORK_TREE: repository };
  return (args, options: GitOptions = {}) =>
    git(["-C", repository, ...args], { ...options, env: { ...place, ...options.env } });
}

/** The records of a `-z` output, each with its end mark; latin1 keeps every byte. */
function splitRecords(output: Buffer): string[] {
  return output.toString("latin1").match(/[^\0]+\0/g) ?? [];
}

/** Path → mode and object id, of `ls-tree` ("mode type object\tpath") or `ls-files --stage` ("mode object stage\tpath"). */
function readEntries(output: Buffer): Map<string, string> {
  return new Map(
    splitRecords(output).map((record) => {
      const tab = record.indexOf("\t");
      const [mode = "", second = "", third = ""] = record.slice(0, tab).split(" ");
      const path = Buffer.from(record.slice(tab + 1, -1), "latin1").toString("utf8");
      return [path, `${mode} ${second.length >= 40 ? second : third}`];
    }),
  );
}

async function countLines(commit: string, git: Git): Promise<Map<string, ChangedFile>> {
  const args = ["diff", "--cached", "--numstat", "--no-renames", "--no-ext-diff", "--no-textconv", "-z", commit, "--"];
  const lines = (await git(args)).toString("utf8").split("\0");
  return new Map(
    lines.flatMap((line) => {
      const [additions, deletions, path] = line.split("\t");
      if (path === undefined) return [];
      return [[path, { path, additions: Number(additions) || 0, deletions: Number(deletions) || 0 }]];
    }),
  );
}
