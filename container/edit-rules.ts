import picomatch from "picomatch";
import { closedNames } from "../shared/allowed-paths.ts";
import { isWild } from "../shared/path-names.ts";
import { type Glob, parsePattern } from "../shared/path-patterns.ts";

/**
 * Claude Code's rules for the paths of a job. Their paths are `.gitignore` patterns without regard to case, `/` at the start is the
 * repository's root, and a rule that denies beats all that allow. They allow all that `forbiddenPaths` does; where this language cannot say
 * it as narrowly (a group of picomatch's, a file that is allowed again after it was excluded), the check before the commit decides.
 */
export function editRules(allowedPaths: readonly string[]): { allow: string[]; deny: string[] } {
  const patterns = allowedPaths.map(parsePattern);
  const included = (some: typeof patterns) => some.filter((one) => !one.excludes).flatMap((one) => one.globs);
  const allowed = included(patterns);
  const deny = patterns.flatMap(({ excludes, globs }, index) => {
    if (!excludes) return [];
    const later = included(patterns.slice(index + 1));
    const isFree = (glob: Glob) => !later.some((other) => mayMeet(glob.segments, other.segments));
    return globs
      .filter(({ segments }) => !segments.some(isGroup))
      .flatMap((glob) => (isFree(glob) ? [glob] : narrowed(glob, included(patterns.slice(0, index))).filter(isFree)));
  });
  const beneath = allowed.flatMap(beneathFiles).filter((glob) => !allowed.some((other) => reaches(other, glob)));
  const rules = [...deny, ...beneath].map(ruleOf);
  return {
    allow: [...new Set(allowed.map((glob) => ruleOf(withoutGroups(glob))))],
    deny: [...new Set([...closedNames(allowedPaths).map((name) => `Edit(${name})`), ...rules])],
  };
}

function withoutGroups({ segments, below }: Glob): Glob {
  return { segments: segments.map((name) => (isGroup(name) ? name.replace(group, "*") : name)), below };
}

/** A pattern of `.gitignore` means everything below what it matches, too: what a glob that only means files must be denied. */
function beneathFiles(glob: Glob): Glob[] {
  const { segments, below } = withoutGroups(glob);
  return below || segments.at(-1) === "**" ? [] : [{ segments: [...segments, "*"], below: true }];
}

/** Whether a glob may match something at or below another. */
function reaches({ segments, below }: Glob, other: Glob): boolean {
  const isDeep = below || segments.includes("**") || segments.length >= other.segments.length;
  return isDeep && mayMeet(segments, other.segments);
}

/**
 * Claude Code takes `/**` off the end: behind a wildcard that would be more. Its command line is split at a space behind any `)`, escaped or
 * not, so such a space is written as `?`.
 */
function ruleOf({ segments }: Glob): string {
  const isWide = segments.at(-1) === "**" && isWild(segments.at(-2) ?? "");
  const path = (isWide ? [...segments.slice(0, -1), "*"] : segments).join("/");
  return `Edit(/${path.includes(")") ? path.replaceAll(" ", "?") : path})`;
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
  return mayBeOne(a, b) && mayMeet(as, bs);
}

function mayBeOne(a: string, b: string): boolean {
  if (isWild(a) && isWild(b)) return true;
  const [wild, plain] = isWild(a) ? [a, b] : [b, a];
  // `isMatch` would take a class for the name it looks like, too.
  const options = { dot: true, nobrace: true, nocase: true, literalBrackets: false };
  return picomatch.makeRe(wild, options).test(plain.replace(/\\(.)/gu, "$1"));
}
