import * as z from "zod/mini";
import { maxChangedFolders, maxComparedFiles } from "../../shared/limits.ts";
import type { GitHubConnection } from "./github-connection.ts";
import { unreadableAnswer } from "./vendor-failure.ts";

export interface Comparison {
  /** Commits that `head` has and `base` has not, and the other way round. */
  ahead: number;
  behind: number;
  /** The commit that both go back to: `paths` differ from there. */
  mergeBase: string;
  /** Every path that differs, both names of a renamed one. GitHub lists 300 at most: what is cut cannot be checked. */
  paths: string[] | "too_many";
  /** What `head` has and `base` has not, oldest first; GitHub lists 250 at most. */
  commits: ComparedCommit[];
}

export interface ComparedCommit {
  sha: string;
  parents: string[];
  message: string;
  author: Person;
  committer: Person;
}

interface Person {
  name: string | undefined;
  email: string | undefined;
}

export interface TreeEntry {
  /** Git's: a folder (`040000`), a file (`100644`, `100755`), a link (`120000`), a submodule (`160000`). */
  mode: string;
  /** Of what it holds. */
  sha: string;
}

const personSchema = z.pipe(
  z.nullable(z.object({ name: z.optional(z.string()), email: z.optional(z.string()) })),
  z.transform((person): Person => ({ name: person?.name, email: person?.email })),
);
const comparisonSchema = z.object({
  ahead_by: z.number(),
  behind_by: z.number(),
  merge_base_commit: z.object({ sha: z.string() }),
  commits: z.array(
    z.object({
      sha: z.string(),
      parents: z.array(z.object({ sha: z.string() })),
      commit: z.object({ message: z.string(), author: personSchema, committer: personSchema }),
    }),
  ),
  files: z.array(z.object({ filename: z.string(), previous_filename: z.optional(z.string()) })),
});
const treeSchema = z.object({
  truncated: z.boolean(),
  tree: z.array(z.object({ path: z.string(), mode: z.string(), type: z.string(), sha: z.string() })),
});

/** What differs between commits. Nothing is taken for granted of these answers: what a run may leave is judged by them. Every method throws `Failure`. */
export function createChanges({ ask, find }: GitHubConnection) {
  return {
    /** `base` and `head` are branches or commits. Undefined: one of them is not there, or they share no history. */
    async compare(repository: string, base: string, head: string): Promise<Comparison | undefined> {
      const basehead = `${base}...${head}`;
      const compared = await find(repository, (rest, at) => rest.repos.compareCommitsWithBasehead({ ...at, basehead }));
      if (!compared) return undefined;
      const {
        ahead_by: ahead,
        behind_by: behind,
        merge_base_commit,
        files,
        commits,
      } = readAnswer(comparisonSchema, compared.data);
      const paths = files.flatMap(({ filename, previous_filename: before }) =>
        before === undefined ? [filename] : [before, filename],
      );
      return {
        ahead,
        behind,
        mergeBase: merge_base_commit.sha,
        paths: files.length >= maxComparedFiles ? "too_many" : paths,
        commits: commits.map(({ sha, parents, commit: { message, author, committer } }) => ({
          sha,
          parents: parents.map((parent) => parent.sha),
          message,
          author,
          committer,
        })),
      };
    },

    /** Everything in the folders that hold `paths`, from the root on, by its path. Undefined where that is more than GitHub lists. */
    async entries(
      repository: string,
      commit: string,
      paths: readonly string[],
    ): Promise<Map<string, TreeEntry> | undefined> {
      const folders = new Set(paths.flatMap(foldersOf));
      if (folders.size > maxChangedFolders) return undefined;
      const entries = new Map<string, TreeEntry>();
      const trees = new Map([["", commit]]);
      // A folder comes after the one it is in.
      for (const folder of ["", ...folders]) {
        const of = trees.get(folder);
        if (of === undefined) continue;
        const { data } = await ask(repository, "read", (rest, at) => rest.git.getTree({ ...at, tree_sha: of }));
        const { truncated, tree } = readAnswer(treeSchema, data);
        if (truncated) return undefined;
        for (const { path, mode, type, sha } of tree) {
          const whole = folder === "" ? path : `${folder}/${path}`;
          entries.set(whole, { mode, sha });
          if (type === "tree") trees.set(whole, sha);
        }
      }
      return entries;
    },
  };
}

/** An answer as it is documented. Throws `Failure`. */
export function readAnswer<T extends z.ZodMiniType>(schema: T, data: unknown): z.infer<T> {
  const parsed = schema.safeParse(data);
  if (!parsed.success) throw unreadableAnswer("GitHub", parsed.error);
  return parsed.data;
}

/** `a/b/c.js`: `a`, `a/b` */
export function foldersOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}
