import picomatch from "picomatch";
import { parsePattern, type PathPattern } from "./path-patterns.ts";

const lockFiles = [
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
];

/** Files and folders that bugbot never changes, whatever a list says: they steer GitHub, git or the agent itself. */
const never = [".git*", ".claude", ".mcp.json"];
const isNever = picomatch(never, { dot: true, nocase: true });

/** Other files and folders that no wildcard opens: a pattern must name them. */
const guarded = [
  ...lockFiles,
  // What agents take for instructions or tools.
  "claude.md",
  "claude.local.md",
  "agents.md",
  "agents.override.md",
  "gemini.md",
  ".agents",
  ".aider*",
  ".amazonq",
  ".augment*",
  ".clinerules*",
  ".codex",
  ".continue*",
  ".cursor*",
  ".gemini",
  ".goosehints",
  ".junie",
  ".kiro",
  ".opencode",
  "opencode.json*",
  ".roo*",
  ".windsurf*",
  // CI, and what it asks.
  ".appveyor.yml",
  "appveyor.yml",
  ".azure-pipelines",
  "azure-pipelines*",
  "bitbucket-pipelines.yml",
  ".buildkite",
  "buildspec*.y*ml",
  ".circleci",
  ".cirrus.y*ml",
  "cloudbuild*.y*ml",
  "codemagic.yaml",
  ".drone.y*ml",
  ".forgejo",
  "jenkinsfile*",
  ".renovaterc*",
  "renovate.json*",
  ".semaphore",
  ".teamcity",
  ".tekton",
  ".travis.yml",
  "wercker.yml",
  ".woodpecker*",
  ".zuul*",
  // Hooks, editors and shells run these by themselves.
  ".devcontainer*",
  ".envrc",
  ".husky",
  ".idea",
  ".lefthook*",
  "lefthook*.y*ml",
  ".lintstagedrc*",
  ".mise*",
  "mise*.toml",
  ".overcommit.yml",
  ".pre-commit-config.y*ml",
  ".vscode",
  // Where package managers and build tools take code from.
  ".bazelrc",
  ".bundle",
  "bunfig.toml",
  ".cargo",
  ".mvn",
  ".npmrc",
  "nuget.config",
  ".pnp.*",
  ".pnpmfile*",
  ".pypirc",
  ".yarn",
  ".yarnrc*",
];
const isGuarded = picomatch(guarded, { dot: true, nocase: true });

/** Whether bugbot never changes a path, whatever a list says. */
export function isNeverOpen(parts: readonly string[]): boolean {
  return parts.at(-1)?.toLowerCase() === "codeowners" || parts.some((part) => isNever(part));
}

/** Names that a list does not open in any folder, as `.gitignore` writes them: those of `never`, and the guarded ones of which no glob names any. */
export function closedNames(allowed: readonly string[]): string[] {
  const named = allowed.map(parsePattern).flatMap((pattern) => (pattern.excludes ? [] : [...namesIn(pattern)]));
  const isNamed = (name: string) => {
    const matches = picomatch(name, { dot: true, nocase: true });
    return named.some((one) => matches(one));
  };
  return [...never, ...guarded.filter((name) => !isNamed(name))];
}

function namesIn({ globs }: PathPattern): Set<string> {
  return new Set(globs.flatMap(({ segments }) => segments.map((name) => name.toLowerCase())));
}

/**
 * The paths of a change that bugbot may not push. Of `allowed` the last pattern that matches a path decides, see `parsePattern`. Where one
 * excludes, upper and lower case are the same. What is guarded only a pattern allows that names it: `src/**` does not allow a lock file.
 */
export function forbiddenPaths(paths: readonly string[], allowed: readonly string[]): string[] {
  const rules = allowed.map(parsePattern).map((pattern) => ({
    excludes: pattern.excludes,
    matches: matcherOf(pattern),
    names: namesIn(pattern),
  }));
  return paths.filter((path) => {
    const parts = path.split("/");
    if (isNeverOpen(parts)) return true;
    const closed = parts.filter((part) => isGuarded(part)).map((part) => part.toLowerCase());
    const mayDecide = ({ excludes, names }: (typeof rules)[number]) =>
      excludes || closed.every((part) => names.has(part));
    return rules.findLast((rule) => mayDecide(rule) && rule.matches(path))?.excludes ?? true;
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
