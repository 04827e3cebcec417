import picomatch from "picomatch";

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

/** Whether bugbot never changes it, whatever a list says: what steers GitHub, git or the agent itself. */
function isNever(path: string): boolean {
  const parts = path.toLowerCase().split("/");
  const name = parts.at(-1) ?? "";
  return name === "codeowners" || parts.some((part) => /^\.git|^\.claude$|^\.mcp\.json$/.test(part));
}

/**
 * The paths of a change that bugbot may not push. `allowed` are globs (picomatch, `dot: true`) from the repository's
 * root. A lock file must be named by its file name in a glob: `src/**` alone does not allow it.
 */
export function forbiddenPaths(paths: string[], allowed: string[]): string[] {
  const isAllowed = allowed.length > 0 ? picomatch(allowed, { dot: true }) : () => false;
  const namesLockFile = new Set(allowed.map((glob) => glob.toLowerCase().split("/").at(-1)));
  return paths.filter((path) => {
    const name = path.toLowerCase().split("/").at(-1) ?? "";
    return isNever(path) || !isAllowed(path) || (lockFiles.has(name) && !namesLockFile.has(name));
  });
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
