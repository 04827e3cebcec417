import { closing, expandAlternatives } from "./expand-alternatives.ts";
import { isWild, nameFault, readName } from "./path-names.ts";

/** How many paths the alternatives of one pattern may stand for. */
const maxAlternatives = 200;

export interface Glob {
  segments: readonly string[];
  below: boolean;
}

/** One pattern of a list: `!` at its start excludes. */
export interface PathPattern {
  text: string;
  excludes: boolean;
  /**
   * Each counts from the repository's root, in segments. `\` stands before what is literal, so that picomatch and `.gitignore` read it alike;
   * only `+(…)`, `*(…)` and `!(…)` are picomatch's alone. With `below`, everything below what it matches is meant too.
   */
  globs: readonly Glob[];
  /** What is wrong with it, after the name of the setting: `must …`. Such a pattern allows nothing, and excludes everything. */
  fault: string | undefined;
}

/**
 * What a person means by a pattern. It counts from the repository's root; `/` or `./` before it change nothing. A name at its end is a file
 * or a folder with everything below. `[id]`, `[...slug]`, `[[...slug]]` and `(group)` are folders of those names, as in Next.js; `[a-z]` is a
 * class, and brackets with more beside them are a class or the name itself. An excluding pattern takes every reading, and is read as in
 * `.gitignore`: without a slash it counts in every folder, and with a folder it excludes everything below.
 */
export function parsePattern(text: string): PathPattern {
  const excludes = text.startsWith("!");
  const written = text.slice(excludes ? 1 : 0).trim();
  const isAnywhere = excludes && !written.replace(/\/+$/, "").includes("/");
  const globs: Glob[] = [];
  const none = excludes ? [{ segments: ["**"], below: true }] : [];
  let fault = faultOf(written, excludes);
  for (const plain of fault === undefined ? expandAlternatives(written, excludes) : []) {
    const names = plain.split("/").filter((name) => name !== "" && name !== ".");
    const choices = names.map((name) => readName(name, excludes));
    const count = choices.reduce((product, { length }) => product * length, 1);
    if (names.includes("..")) fault = outside;
    if (names.length === 0) fault = nothing;
    fault ??= names.map(nameFault).find((one) => one !== undefined);
    if (globs.length + count > maxAlternatives) fault = `must stand for at most ${maxAlternatives} paths`;
    if (fault !== undefined) break;
    const all = choices.reduce<string[][]>(
      (heads, readings) => heads.flatMap((head) => readings.map((name) => [...head, name])),
      [isAnywhere ? ["**"] : []],
    );
    const isBelow = (segments: string[]) => excludes || plain.endsWith("/") || !isWild(segments.at(-1) ?? "");
    globs.push(...all.map((segments) => ({ segments, below: isBelow(segments) })));
  }
  return { text, excludes, globs: fault === undefined ? globs : none, fault };
}

const nothing = "must name something: ** is everything";
const outside = "must stay in the repository, without ..";

function faultOf(written: string, excludes: boolean): string | undefined {
  if (written === "") return nothing;
  if (written.includes("\\")) return "must have / between folders and no backslash";
  if (written.split("/").includes("..")) return outside;
  if (/^(?:~|[A-Za-z]:|\/(?:home|Users)\/[\w.-]+\/)/.test(written))
    return "must count from the repository's root, not a machine's";
  if (excludes && /^[!(]/.test(written)) return "must begin with one !, and not with !( where !/( is meant";
  if (/[{,|\s]!/.test(written)) return "must be one pattern, and have ! at its start alone";
  if (written.split("{").length !== written.split("}").length) return "must close each { that it opens";
  if (/\{[^{},().[\]]+\.\.[^{},()[\]]+\}/.test(written.replace(/\{\d{1,4}\.\.\d{1,4}\}/g, "")))
    return "must have two whole numbers beside .. in braces, as {1..3}";
  if (/\{[^{},]*[/*][^{},]*\}/.test(written)) return "must have a comma between what its braces hold";
  return groupFault(written);
}

/** picomatch reads `+(…)`, `*(…)` and `!(…)` by itself. */
function groupFault(written: string): string | undefined {
  for (const { index } of written.matchAll(/[+*!]\(/g)) {
    const inside = written.slice(index + 2, closing(written, index + 1));
    if (inside.includes("/")) return "must have no / inside of +(…), *(…) or !(…)";
    if (/[{}]|\([^()]*\(/.test(inside)) return "must have no braces, and no third group, inside of +(…), *(…) or !(…)";
  }
  return undefined;
}
