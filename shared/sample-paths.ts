import { splitOutside } from "./expand-alternatives.ts";
import type { Glob } from "./path-patterns.ts";

/** What wildcards stand for: short and long, letters, digits and what nobody writes. */
const fillers = ["q", "7", "ǂ", "q".repeat(9), "7".repeat(9), "ǂ".repeat(9)];

/** What an escaped name is made of: a literal, a class, a group, a wildcard. */
const part = /\\(.)|(\[\^?[^\]]+\])|([@?+*!]\((?:[^()]|\([^()]*\))*\))|(\*)|(\?)/gu;

/** Paths that a glob matches, of as many kinds as can matter to what another one excludes of them. */
export function* samplePaths({ segments, below }: Glob): Generator<string> {
  const choices = segments.flatMap((name) => name.match(part) ?? []).map((one) => one.length);
  const depths = segments.includes("**") ? [0, 1, 2, 3] : [0];
  for (let index = 0; index < Math.max(fillers.length, ...choices); index++) {
    const filler = fillers[index % fillers.length] ?? "";
    for (const depth of depths) {
      const names = segments.flatMap((name, at) =>
        name === "**"
          ? Array.from({ length: Math.max(depth, at === segments.length - 1 ? 1 : 0) }, () => filler)
          : [fill(name, filler, index)],
      );
      yield names.join("/");
      if (below) yield [...names, filler].join("/");
    }
  }
}

function fill(name: string, filler: string, index: number): string {
  return name.replace(part, (_, literal?: string, set?: string, group?: string, star?: string) => {
    if (literal !== undefined) return literal;
    if (set !== undefined) return pick(charactersOf(set), index);
    if (group === undefined) return star === undefined ? (Array.from(filler)[0] ?? "") : filler;
    return group.startsWith("!") ? filler : fill(pick(splitOutside(group.slice(2, -1), "|"), index), filler, index);
  });
}

function charactersOf(set: string): string[] {
  const pattern = new RegExp(set);
  return Array.from(`q7ǂ${set}`).filter((char) => pattern.test(char));
}

function pick(from: readonly string[], index: number): string {
  return from[index % from.length] ?? "";
}
