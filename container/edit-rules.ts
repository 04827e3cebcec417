import { closedNames } from "../shared/allowed-paths.ts";
import { type Glob, isWild, parsePattern } from "../shared/path-patterns.ts";

/**
 * Claude Code's rules for the paths of a job. Their paths are `.gitignore` patterns without regard to case, `/` at the start is the
 * repository's root, and a rule that denies beats all that allow. They allow all that `forbiddenPaths` does; where this language cannot say
 * it as narrowly (a group of picomatch's, a file that is allowed again after it was excluded), the check before the commit decides.
 */
export function editRules(allowedPaths: readonly string[]): { allow: string[]; deny: string[] } {
  const patterns = allowedPaths.map(parsePattern);
  const allow = patterns.filter(({ excludes }) => !excludes).flatMap(({ globs }) => globs.map(allowing));
  const deny = patterns.flatMap(({ excludes, globs }, index) => {
    if (!excludes) return [];
    const included = (some: typeof patterns) => some.filter((one) => !one.excludes).flatMap((one) => one.globs);
    const later = included(patterns.slice(index + 1));
    const isFree = (glob: Glob) => !later.some((other) => mayMeet(glob.segments, other.segments));
    return globs
      .filter(({ segments }) => !segments.some(isGroup))
      .flatMap((glob) => (isFree(glob) ? [glob] : narrowed(glob, included(patterns.slice(0, index))).filter(isFree)))
      .map(ruleOf);
  });
  return {
    allow: [...new Set(allow)],
    deny: [...new Set([...closedNames(allowedPaths).map((name) => `Edit(${name})`), ...deny])],
  };
}

function allowing({ segments, below }: Glob): string {
  return ruleOf({ segments: segments.map((name) => (isGroup(name) ? name.replace(group, "*") : name)), below });
}

/** Claude Code takes `/**` off the end: behind a wildcard that would be more. */
function ruleOf({ segments }: Glob): string {
  const isWide = segments.at(-1) === "**" && isWild(segments.at(-2) ?? "");
  return `Edit(/${(isWide ? [...segments.slice(0, -1), "*"] : segments).join("/")})`;
}

const group = /(?<!\\)[+*!]\(.*\)/;

function isGroup(name: string): boolean {
  return group.test(name);
}

/** What counts in every folder, in those alone that `allowed` opens. */
function narrowed({ segments, below }: Glob, allowed: readonly Glob[]): Glob[] {
  if (segments[0] !== "**") return [];
  return allowed.map((one) => {
    const wild = one.segments.findIndex(isWild);
    return { segments: [...one.segments.slice(0, wild < 0 ? undefined : wild), ...segments], below };
  });
}

/** Whether a path may match both, or lie below both. */
function mayMeet([a, ...as]: readonly string[], [b, ...bs]: readonly string[]): boolean {
  if (a === undefined || b === undefined || a === "**" || b === "**") return true;
  return (isWild(a) || isWild(b) || a.toLowerCase() === b.toLowerCase()) && mayMeet(as, bs);
}
