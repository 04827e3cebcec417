import { forbiddenPaths, twinPaths } from "../../shared/allowed-paths.ts";
import type { GitHub } from "../clients/github.ts";
import { type Comparison, foldersOf } from "../clients/github-changes.ts";
import { cutWords } from "../evidence/cut-words.ts";
import { codeMarkdown } from "../evidence/untrusted-markdown.ts";

/** What speaks against the paths that a comparison names, as a sentence. Throws nothing. */
export function faultOfPaths(paths: Comparison["paths"], allowedPaths: readonly string[]): string | undefined {
  if (paths === "too_many") return tooMany;
  if (paths.length === 0) return "GitHub shows no file that it changes.";
  const forbidden = forbiddenPaths(paths, allowedPaths);
  return forbidden.length > 0 ? `It changes files I may not touch: ${listed(forbidden)}.` : undefined;
}

/**
 * What the trees of two commits show besides, as a sentence: links, submodules, names that another would be taken for, and whatever differs
 * though `paths` does not say so. A folder's hash covers all that is below it, so nothing can be left out. Throws `Failure`.
 */
export async function faultOfTrees(
  { repository, from, to, paths }: { repository: string; from: string; to: string; paths: Comparison["paths"] },
  github: Pick<GitHub, "entries">,
): Promise<string | undefined> {
  if (paths === "too_many") return tooMany;
  const before = await github.entries(repository, from, paths);
  const after = await github.entries(repository, to, paths);
  if (!before || !after) return "It touches folders too large to check.";
  const named = new Set(paths.flatMap((path) => [path, ...foldersOf(path)]));
  const unnamed = [...new Set([...before.keys(), ...after.keys()])].filter((path) => {
    const [old, now] = [before.get(path), after.get(path)];
    return !named.has(path) && (old?.sha !== now?.sha || old?.mode !== now?.mode);
  });
  if (unnamed.length > 0) return `It changes more than GitHub lists: ${listed(unnamed)}.`;
  const odd = paths.filter((path) => {
    const modes = [before.get(path)?.mode, after.get(path)?.mode].filter((mode) => mode !== undefined);
    return modes.length === 0 || modes.some((mode) => !/^100(644|755)$/.test(mode));
  });
  if (odd.length > 0) return `It holds what is no plain file: ${listed(odd)}.`;
  const kept = paths.filter((path) => after.has(path));
  const twins = twinPaths(before.keys(), kept, after.keys());
  return twins.length > 0 ? `It names files so that others may be taken for them: ${listed(twins)}.` : undefined;
}

const tooMany = "It touches too many files to check.";

function listed(paths: readonly string[]): string {
  return paths
    .slice(0, 10)
    .map((path) => codeMarkdown(cutWords(path, 200)))
    .join(", ");
}
