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
