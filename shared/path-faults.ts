import { isNeverOpen } from "./allowed-paths.ts";
import { type Glob, isWild, parsePattern } from "./path-patterns.ts";

export interface PathFault {
  /** Follows the name of the setting. */
  must: string;
  pattern?: string;
}

/** What is wrong with a list of allowed paths: what can match nothing, or not what was meant. An empty list is not looked at. */
export function pathFaults(allowed: readonly string[]): PathFault[] {
  const patterns = allowed.map(parsePattern);
  const faults = patterns.flatMap(({ text, excludes, globs, fault }): PathFault[] => {
    if (fault !== undefined) return [{ must: fault, pattern: text }];
    const isClosed = !excludes && globs.every(({ segments }) => isNeverOpen(segments));
    return isClosed ? [{ must: "must not name what bugbot never changes", pattern: text }] : [];
  });
  if (faults.length > 0 || allowed.length === 0) return faults;
  const opening = patterns.flatMap(({ excludes, globs }, index) =>
    excludes ? [] : globs.map((glob) => ({ glob, index })),
  );
  if (opening.length === 0) return [{ must: "must allow something before it excludes" }];
  const isOpen = opening.some(({ glob, index }) =>
    patterns.slice(index).every((later) => !later.excludes || !later.globs.some((other) => covers(other, glob))),
  );
  return isOpen ? [] : [{ must: "must allow something that it does not exclude again" }];
}

/** Whether what excludes leaves nothing of the other. */
function covers({ segments }: Glob, other: Glob): boolean {
  const wild = other.segments.findIndex(isWild);
  const base = wild < 0 ? other.segments : other.segments.slice(0, wild);
  return leads(segments.at(-1) === "**" ? segments.slice(0, -1) : segments, base);
}

/** Whether `folder` is, for certain, the path or a folder above it. */
function leads([name, ...rest]: readonly string[], path: readonly string[]): boolean {
  if (name === undefined) return true;
  const [first, ...others] = path;
  if (name === "**" && leads(rest, path)) return true;
  if (first === undefined) return false;
  return name === "**"
    ? leads([name, ...rest], others)
    : name.toLowerCase() === first.toLowerCase() && leads(rest, others);
}
