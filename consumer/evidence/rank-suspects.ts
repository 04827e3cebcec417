import type { CodeHit } from "../clients/github-code.ts";
import type { LocatedFrame } from "./locate-frames.ts";
import type { SearchTerm } from "./search-terms.ts";

export interface Ranked {
  path: string;
  line?: number | undefined;
  reasons: string[];
}

export interface Clues {
  frames: readonly LocatedFrame[];
  /** Every path of the repository, as far as it is known. */
  paths: readonly string[];
  /** As the report names them. */
  files: readonly string[];
  routes: readonly string[];
  /** The rarest first, with what was found for it. */
  searches: readonly { term: SearchTerm; hits: readonly CodeHit[] }[];
  /** Words whose place may be seen by a file's name. */
  terms: readonly SearchTerm[];
}

const generated =
  /(?:^|\/)(?:node_modules|vendor|dist|build|out|coverage|\.next|__snapshots__)\/|\.min\.\w+$|\.map$|\.snap$|(?:^|[.-])lock(?:\.\w+)?$/i;
const beside =
  /(?:^|\/)(?:tests?|__tests__|spec|e2e|fixtures|docs?|examples?)\/|[._-](?:test|spec|stories)\.\w+$|\.(?:md|mdx|txt|json|ya?ml)$/i;
/** A route is served by a file of its name, or by one of these in a folder of its name. */
const servers = new Set([
  "index",
  "page",
  "route",
  "layout",
  "+page",
  "+server",
  "handler",
  "controller",
  "view",
  "views",
]);
/** More files of one name tell nothing. */
const maxNamesakes = 4;

/** Weighs every file that something points to, the most suspect first. A frame says most, then a name, then a word. */
export function rankSuspects({ frames, paths, files, routes, searches, terms }: Clues): Ranked[] {
  const found = new Map<string, Ranked & { weight: number }>();
  function suspect(path: string, weight: number, reason: string, line?: number): void {
    if (generated.test(path)) return;
    const known = found.get(path) ?? { path, reasons: [], weight: 0 };
    known.line ??= line;
    known.weight += beside.test(path) ? weight / 4 : weight;
    if (!known.reasons.includes(reason)) known.reasons.push(reason);
    found.set(path, known);
  }

  for (const [index, { path, line, symbol }] of frames.entries())
    suspect(path, Math.max(40, 100 - 10 * index), `frame ${symbol ? `${plainName(symbol)}, ` : ""}line ${line}`, line);
  for (const file of files)
    for (const path of few(paths.filter((one) => one === file || one.endsWith(`/${file}`))))
      suspect(path, 60, "named in the report");
  for (const route of routes)
    for (const path of few(paths.filter((one) => serves(one, route)))) suspect(path, 25, `serves \`${route}\``);
  for (const [index, { term, hits }] of searches.entries())
    for (const { path } of hits)
      suspect(path, (30 - 5 * index) / (1 + Math.log2(hits.length)), `contains \`${term.text}\``);
  const byStem = Map.groupBy(paths, (path) => plainStem(path.slice(path.lastIndexOf("/") + 1).replace(/\..*$/, "")));
  for (const { text } of terms)
    for (const path of few(byStem.get(plainStem(text)) ?? [])) suspect(path, 8, `named like \`${text}\``);

  return [...found.values()]
    .toSorted((one, other) => other.weight - one.weight || (one.path < other.path ? -1 : 1))
    .map(({ path, line, reasons }) => ({ path, line, reasons }));
}

/** A frame's function is a stranger's word. */
function plainName(symbol: string): string {
  return symbol.replace(/[^\w$.<>]/g, "").slice(0, 80);
}

function few(paths: string[]): string[] {
  return paths.length <= maxNamesakes ? paths : [];
}

function serves(path: string, route: string): boolean {
  const wanted = route
    .toLowerCase()
    .split("/")
    .filter((segment) => segment !== "");
  const own = path
    .toLowerCase()
    .replace(/\.\w+$/, "")
    .split("/")
    .filter((segment) => !/^[[(:]/.test(segment));
  if (servers.has(own.at(-1) ?? "") && own.length > 1) own.pop();
  return wanted.every((segment, index) => own.at(index - wanted.length) === segment);
}

/** What `discount` and `discounts.js`, `applyCode` and `apply-code.ts` have in common. */
function plainStem(name: string): string {
  return name.toLowerCase().replace(/[^a-z\d]|s$/g, "");
}
