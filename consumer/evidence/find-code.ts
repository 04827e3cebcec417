import { forbiddenPaths } from "../../shared/allowed-paths.ts";
import { Failure } from "../../shared/failure.ts";
import { codeFound, codeSearches, maxCodeCalls, maxFrames } from "../../shared/limits.ts";
import { type StackFrame, stackFrames } from "../../shared/references/stack-frame.ts";
import type { CodeHit, GitHubCode } from "../clients/github-code.ts";
import type { Code, Suspect } from "./evidence.ts";
import { likelyPaths, type LocatedFrame, locateFrames } from "./locate-frames.ts";
import { namedFiles, namedRoutes } from "./named-places.ts";
import { readCommits, readPullRequests } from "./read-changes.ts";
import { rankSuspects } from "./rank-suspects.ts";
import { type SearchTerm, searchTerms } from "./search-terms.ts";

export interface CodeQuestion {
  /** `owner/name` */
  repository: string;
  /** Its default branch's commit, where that is known. */
  head?: string | null | undefined;
  /** The report, with what was thrown. Untrusted. Without it nothing is searched for: the frames say it all. */
  text: string;
  /** Innermost first; those in `text` are found by themselves. */
  frames: readonly StackFrame[];
  /** Globs: only files that a fix may change are suspected. */
  allowedPaths?: readonly string[] | undefined;
}

export interface CodeSearches {
  /** What `search` found for the term before, or finds now, within GitHub's limit. Throws `Failure`. */
  hits: (repository: string, term: string, search: () => Promise<CodeHit[]>) => Promise<CodeHit[]>;
}

export interface FindCodeNeeds {
  github: GitHubCode;
  searches: CodeSearches;
  /** `https://github.com`, without a trailing slash. */
  webUrl: string;
}

interface Searched {
  term: SearchTerm;
  hits: CodeHit[];
  /** Trying again can help. */
  failure?: Failure;
}

const calls = { probes: 2, histories: 3, pullRequests: 3 };
/** Besides probes, histories and searches: the branch, its tree, the list of pull requests. */
const otherCalls = 3;

/** Looks in a repository for what a report points to. At most `maxCodeCalls` calls of GitHub's API. Throws `Failure`. */
export async function findCode(question: CodeQuestion, { github, searches, webUrl }: FindCodeNeeds): Promise<Code> {
  const { repository: name, text, allowedPaths } = question;
  const frames = distinct([...question.frames, ...stackFrames(text)]).slice(0, maxFrames);
  const terms = text.trim() === "" ? [] : searchTerms(text, frames);
  const [{ commit, tree }, open, searched] = await Promise.all([
    readTree(),
    github.openPullRequests(name),
    Promise.all(terms.slice(0, codeSearches.perLook).map(search)),
  ]);
  if (commit === null) return { repository: name, commit: "", suspects: [], commits: [], pullRequests: [] };

  const { located, probes } = await locate(commit);
  const ranked = rankSuspects({
    frames: located,
    paths: tree.paths,
    files: namedFiles(text),
    routes: namedRoutes(text),
    searches: searched,
    terms,
  });
  const all = ranked.map(({ path, line, reasons }): Suspect => {
    return {
      path,
      line,
      reasons,
      url: `${webUrl}/${name}/blob/${commit}/${encodePath(path)}${line ? `#L${line}` : ""}`,
    };
  });
  const suspects = (allowedPaths ? filterAllowed(all, allowedPaths) : all).slice(0, codeFound.suspects);

  // What else is known is worth more than the wait; where it is all there is, waiting helps.
  const failed = searched.find(({ failure }) => failure)?.failure;
  if (failed && suspects.length === 0) throw failed;

  const left = maxCodeCalls - otherCalls - searched.length - probes - calls.histories;
  const [commits, pullRequests] = await Promise.all([
    readCommits(github, name, commit, suspects.slice(0, calls.histories)),
    readPullRequests(github, name, open, suspects, Math.min(left, calls.pullRequests)),
  ]);
  const missing = failed && [`what was searched for (${failed.reply.replace(/\.$/, "")})`];
  return { repository: name, commit, suspects, commits, pullRequests, ...(missing && { missing }) };

  async function readTree() {
    const head = question.head ?? (await github.head(name));
    return { commit: head, tree: head === null ? { paths: [], truncated: false } : await github.tree(name, head) };
  }

  async function search(term: SearchTerm): Promise<Searched> {
    try {
      const hits = await searches.hits(name, term.text, () => github.search(name, term.text));
      return { term, hits: hits.filter(({ fragments }) => holds(fragments, term.text)) };
    } catch (error) {
      if (error instanceof Failure && error.retry) return { term, hits: [], failure: error };
      throw error;
    }
  }

  /** By the tree; where that is cut, GitHub is asked for the likeliest place of the first frame that is not in it. */
  async function locate(at: string): Promise<{ located: LocatedFrame[]; probes: number }> {
    const known = locateFrames(frames, tree.paths);
    const unknown = tree.truncated
      ? frames.find((frame) => likelyPaths(frame).length > 0 && !known.some((one) => one.file === frame.file))
      : undefined;
    if (!unknown) return { located: known, probes: 0 };
    const likely = likelyPaths(unknown).slice(0, calls.probes);
    const there = await Promise.all(likely.map((path) => github.exists(name, at, path)));
    const path = likely.find((_, index) => there[index]);
    const probed = path === undefined ? [] : [{ ...unknown, path }];
    const inOrder = [...known, ...probed].toSorted((one, other) => placeOf(one) - placeOf(other));
    return { located: inOrder, probes: likely.length };
  }
  function placeOf({ file, line }: StackFrame): number {
    return frames.findIndex((one) => one.file === file && one.line === line);
  }
}

/** Those that a fix may change. */
export function filterAllowed(suspects: readonly Suspect[], allowedPaths: readonly string[]): Suspect[] {
  const forbidden = new Set(
    forbiddenPaths(
      suspects.map(({ path }) => path),
      [...allowedPaths],
    ),
  );
  return suspects.filter(({ path }) => !forbidden.has(path));
}

/** Each place once, as it was first named. */
function distinct(frames: StackFrame[]): StackFrame[] {
  const places = new Map<string, StackFrame>();
  for (const frame of frames) {
    const place = `${frame.file}:${frame.line}`;
    if (!places.has(place)) places.set(place, frame);
  }
  return [...places.values()];
}

/** GitHub's search overlooks punctuation; a file without the words in this order is no find. */
function holds(fragments: readonly string[], term: string): boolean {
  const plain = (words: string) =>
    words
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, " ")
      .trim();
  return fragments.length === 0 || fragments.some((fragment) => plain(fragment).includes(plain(term)));
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
