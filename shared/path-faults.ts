import picomatch from "picomatch";
import { forbiddenPaths, isNeverOpen } from "./allowed-paths.ts";
import { samplePaths } from "./sample-paths.ts";
import { type Glob, parsePattern } from "./path-patterns.ts";

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
    const isClosed = !excludes && globs.every(namesNever);
    return isClosed ? [{ must: "must not name what bugbot never changes", pattern: text }] : [];
  });
  if (faults.length > 0 || allowed.length === 0) return faults;
  const opening = patterns.filter(({ excludes }) => !excludes);
  if (opening.length === 0) return [{ must: "must allow something before it excludes" }];
  const isOpen = opening.some(({ globs }) => {
    const samples = globs.flatMap((glob) => [...samplePaths(glob)]);
    return forbiddenPaths(samples, allowed).length < samples.length;
  });
  return isOpen ? [] : [{ must: "must allow something that it does not exclude again" }];
}

/** What stands for all that bugbot never changes. */
const never = [".git", ".github", ".gitignore", ".gitattributes", ".gitmodules", ".claude", ".mcp.json", "CODEOWNERS"];

/** Whether nothing that a glob matches is ever open, or a name of it is such a one but for a letter or two. */
function namesNever(glob: Glob): boolean {
  const isMeant = (name: string) => {
    const isNever = picomatch(name, { dot: true, nobrace: true, nocase: true });
    const isAlmostPlain = !/(?<!\\)[*(]/.test(name) && name.replace(/\\|\?|\[[^\]]*\]/g, "").length > 2;
    return isAlmostPlain && never.some((one) => isNever(one));
  };
  return glob.segments.some(isMeant) || [...samplePaths(glob)].every((path) => isNeverOpen(path.split("/")));
}
