import { type Repositories } from "./git-repositories.ts";

export interface ChangedFile {
  sha: string;
  filename: string;
  previousFilename?: string;
  status: "added" | "removed" | "modified" | "renamed" | "copied" | "changed";
  additions: number;
  deletions: number;
  patch?: string;
}

export interface CommitFacts {
  sha: string;
  tree: string;
  parents: string[];
  author: { name: string; email: string; date: string };
  committer: { name: string; email: string; date: string };
  message: string;
}

export interface Comparison {
  base: string;
  head: string;
  mergeBase: string;
  aheadBy: number;
  behindBy: number;
  commits: CommitFacts[];
  files: ChangedFile[];
}

const statuses = { A: "added", D: "removed", M: "modified", R: "renamed", C: "copied", T: "changed" } as const;
const commitFormat = ["%H", "%T", "%P", "%an", "%ae", "%aI", "%cn", "%ce", "%cI", "%B"].join("%x1f");

/** What GitHub knows of commits and of the way from one to another, asked of git by their whole hashes. */
export function createHistory({ git: ask }: Repositories) {
  const answers = new Map<string, Promise<string>>();

  /** What is asked of whole hashes has one answer for ever: git, a process each time, is asked once. */
  function git(fullName: string, args: string[]): Promise<string> {
    const key = JSON.stringify([fullName, args]);
    const known = answers.get(key);
    if (known) return known;
    const answer = ask(fullName, args);
    answers.set(key, answer);
    // A hash that git does not have yet may be pushed.
    answer.catch(() => answers.delete(key));
    return answer;
  }

  async function commits(fullName: string, range: string[], paths: string[] = []): Promise<CommitFacts[]> {
    const log = await git(fullName, ["log", "-z", `--format=${commitFormat}`, ...range, "--", ...paths]);
    return log
      .split("\0")
      .filter((entry) => entry !== "")
      .map((entry) => {
        const [sha = "", tree = "", parents = "", an = "", ae = "", ad = "", cn = "", ce = "", cd = "", text = ""] =
          entry.split("\x1f");
        const author = { name: an, email: ae, date: ad };
        const committer = { name: cn, email: ce, date: cd };
        return { sha, tree, parents: parents.split(" ").filter(Boolean), author, committer, message: text.trimEnd() };
      });
  }

  /** One entry per file, in the order in which git prints them in each of its formats. */
  async function files(fullName: string, from: string, to: string): Promise<ChangedFile[]> {
    const diff = (...format: string[]) => git(fullName, ["diff", ...format, "-M", from, to]);
    const [raw, numbers, text] = await Promise.all([
      diff("--raw", "-z", "--no-abbrev"),
      diff("--numstat", "-z"),
      diff(),
    ]);
    const counts = [...numbers.matchAll(/(\d+|-)\t(\d+|-)\t(?:\0[^\0]+\0)?[^\0]+\0/g)];
    const patches = patchesIn(text);
    const fields = raw.split("\0");
    const changes: ChangedFile[] = [];
    for (let at = 0; fields[at]?.startsWith(":");) {
      const [, , oldSha = "", newSha = "", kind = ""] = (fields[at] ?? "").split(" ");
      const status = statusOf(kind);
      const moved = status === "renamed" || status === "copied";
      const path = fields[at + 1] ?? "";
      const [, additions, deletions] = counts[changes.length] ?? [];
      const patch = patches[changes.length];
      changes.push({
        sha: status === "removed" ? oldSha : newSha,
        filename: moved ? (fields[at + 2] ?? "") : path,
        ...(moved && { previousFilename: path }),
        status,
        // git prints "-" for what is not text.
        additions: Number(additions) || 0,
        deletions: Number(deletions) || 0,
        ...(patch && { patch }),
      });
      at += moved ? 3 : 2;
    }
    return changes;
  }

  /** Undefined where the two share no history. Commits come oldest first. */
  async function compare(fullName: string, base: string, head: string): Promise<Comparison | undefined> {
    const mergeBase = (await git(fullName, ["merge-base", base, head]).catch(() => "")).trim();
    if (mergeBase === "") return undefined;
    const [ahead, behind, changed] = await Promise.all([
      commits(fullName, ["--reverse", `${base}..${head}`]),
      git(fullName, ["rev-list", "--count", `${head}..${base}`]),
      files(fullName, mergeBase, head),
    ]);
    return { base, head, mergeBase, aheadBy: ahead.length, behindBy: Number(behind), commits: ahead, files: changed };
  }

  async function commit(fullName: string, sha: string): Promise<CommitFacts> {
    const [found] = await commits(fullName, ["-1", sha]);
    if (!found) throw new Error(`git shows no commit ${sha}`);
    return found;
  }

  /** Newest first; of all paths where none is named. */
  const log = (fullName: string, sha: string, path: string | undefined, count: number) =>
    commits(fullName, [`-${count}`, sha], path === undefined ? [] : [path]);

  return { commit, compare, files, log };
}
export type History = ReturnType<typeof createHistory>;

/** The hunks of each file; a file that changed its type has two entries under one heading. */
function patchesIn(diff: string): (string | undefined)[] {
  const entries = diff.split(/^(?=diff --git )/m).filter((entry) => entry !== "");
  const headingOf = (entry: string | undefined) => entry?.slice(0, entry.indexOf("\n"));
  return entries
    .filter((entry, index) => headingOf(entry) !== headingOf(entries[index - 1]))
    .map((entry) => {
      const start = entry.search(/^@@ /m);
      return start === -1 ? undefined : entry.slice(start).replace(/\n$/, "");
    });
}

function statusOf(kind: string): ChangedFile["status"] {
  const letter = kind.slice(0, 1);
  const known = Object.entries(statuses).find(([name]) => name === letter);
  if (!known) throw new Error(`git names a change ${kind}`);
  return known[1];
}
