import * as z from "zod/mini";
import { type Git, GitError } from "./git.ts";

const entries = z.optional(z.record(z.string(), z.unknown()));
const packageSchema = z.object({
  scripts: entries,
  dependencies: entries,
  devDependencies: entries,
  workspaces: z.optional(z.unknown()),
});

/** What `npm init` writes. */
const placeholder = /no test specified/;

export interface Package {
  scripts: Record<string, string>;
  hasTest: boolean;
  /** It names some, and none are in the repository. */
  lacksDependencies: boolean;
  /** It says which, in npm's words. */
  hasLockFile: boolean;
}

/** The package.json of a commit, without the working tree's word for it. */
export async function readPackage(commit: string, git: Git): Promise<Package> {
  const { scripts: named, dependencies, devDependencies, workspaces } = await parsePackage(commit, git);
  const scripts = Object.fromEntries(
    Object.entries(named ?? {}).flatMap(([name, line]) => (typeof line === "string" ? [[name, line]] : [])),
  );
  const test = scripts["test"];
  const names = Object.keys({ ...dependencies, ...devDependencies });
  const isWanting = names.length > 0 || workspaces !== undefined;
  const installed = isWanting && (await git(["ls-tree", commit, "--", "node_modules"])).length > 0;
  const locked = await git(["ls-tree", commit, "--", "package-lock.json", "npm-shrinkwrap.json"]);
  return {
    scripts,
    hasLockFile: locked.length > 0,
    hasTest: test !== undefined && test.trim() !== "" && !placeholder.test(test),
    lacksDependencies: isWanting && !installed,
  };
}

async function parsePackage(commit: string, git: Git): Promise<z.infer<typeof packageSchema>> {
  try {
    const text = (await git(["cat-file", "blob", `${commit}:package.json`])).toString("utf8");
    return packageSchema.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof GitError || error instanceof SyntaxError || error instanceof z.core.$ZodError) return {};
    throw error;
  }
}
