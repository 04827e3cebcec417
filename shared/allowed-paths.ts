import picomatch from "picomatch";
import { parsePattern, type PathPattern } from "./path-patterns.ts";

const lockFiles = new Set([
  "package-lock.json",
  "npm-shrinkwrap.json",
  "yarn.lock",
  "pnpm-lock.yaml",
  "bun.lock",
  "bun.lockb",
  "deno.lock",
  "cargo.lock",
  "go.sum",
  "poetry.lock",
  "uv.lock",
  "pdm.lock",
  "pipfile.lock",
  "gemfile.lock",
  "composer.lock",
  "mix.lock",
  "pubspec.lock",
  "podfile.lock",
  "package.resolved",
  "packages.lock.json",
  "gradle.lockfile",
  "flake.lock",
]);

/** Files and folders that bugbot never changes, whatever a list says: they steer GitHub, git or the agent itself. */
const never = [".git*", ".claude", ".mcp.json"];
const isNever = picomatch(never, { dot: true, nocase: true });

/** Whether bugbot never changes a path, whatever a list says. */
export function isNeverOpen(parts: readonly string[]): boolean {
  return parts.at(-1)?.toLowerCase() === "codeowners" || parts.some((part) => isNever(part));
}

/** Names that a list does not open in any folder, as `.gitignore` writes them: those of `never`, and of the lock files that no glob of it names. */
export function closedNames(allowed: readonly string[]): string[] {
  const named = namesIn(allowed.map(parsePattern));
  return [...never, ...[...lockFiles].filter((name) => !named.has(name))];
}

function namesIn(patterns: readonly PathPattern[]): Set<string> {
  const globs = patterns.filter(({ excludes }) => !excludes).flatMap((pattern) => pattern.globs);
  return new Set(globs.map(({ segments }) => segments.at(-1)?.toLowerCase() ?? ""));
}

/**
 * The paths of a change that bugbot may not push. Of `allowed` the last pattern that matches a path decides, see `parsePattern`. Where one
 * excludes, upper and lower case are the same. A lock file must be named by its file name in a glob: `src/**` alone does not allow it.
 */
export function forbiddenPaths(paths: readonly string[], allowed: readonly string[]): string[] {
  const patterns = allowed.map(parsePattern);
  const rules = patterns.map((pattern) => ({ excludes: pattern.excludes, matches: matcherOf(pattern) }));
  const named = namesIn(patterns);
  return paths.filter((path) => {
    const parts = path.split("/");
    const name = parts.at(-1)?.toLowerCase() ?? "";
    if (isNeverOpen(parts)) return true;
    if (lockFiles.has(name) && !named.has(name)) return true;
    return rules.findLast(({ matches }) => matches(path))?.excludes ?? true;
  });
}

function matcherOf({ globs, excludes }: PathPattern): (path: string) => boolean {
  const all = globs.flatMap(({ segments, below }) => {
    const glob = segments.join("/");
    return below ? [glob, `${glob}/**`] : [glob];
  });
  return picomatch(all, { dot: true, nonegate: true, nobrace: true, nocase: excludes, literalBrackets: false });
}

/**
 * Of `changed`, the paths that are new and that another one of `after` would be taken for where neither case nor Unicode's forms count,
 * as on macOS and Windows. `before` and `after` are all paths, the folders on the way may be left out.
 */
export function twinPaths(before: Iterable<string>, changed: Iterable<string>, after: Iterable<string>): string[] {
  const known = withFolders(before);
  const spellings = new Map<string, Set<string>>();
  for (const path of withFolders(after)) {
    const plain = path.normalize("NFC").toLowerCase();
    spellings.set(plain, (spellings.get(plain) ?? new Set()).add(path));
  }
  const isTwin = (path: string) =>
    !known.has(path) && (spellings.get(path.normalize("NFC").toLowerCase())?.size ?? 0) > 1;
  return [...changed].filter((path) => [...withFolders([path])].some(isTwin));
}

/** The paths, and those of the folders they are in. */
function withFolders(paths: Iterable<string>): Set<string> {
  const all = new Set<string>();
  for (const path of paths) {
    for (let end = path.length; end > 0 && !all.has(path.slice(0, end)); end = path.lastIndexOf("/", end - 1)) {
      all.add(path.slice(0, end));
    }
  }
  return all;
}
