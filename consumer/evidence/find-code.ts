import { forbiddenPaths } from "../../shared/allowed-paths.ts";
import { codeFound, codeSearches, maxCodeCalls, maxFrames } from "../../shared/limits.ts";
import { type StackFrame, stackFrames } from "../../shared/references/stack-frame.ts";
import type { CodeHit, GitHubCode } from "../clients/github-code.ts";
import type { Code, Suspect } from "./evidence.ts";
import { likelyPaths, type LocatedFrame, locateFrames } from "./locate-frames.ts";
import { namedFiles, namedRoutes } from "./named-places.ts";
import { createPartly } from "./partly.ts";
import { commitsOfOne, readCommits, readPullRequests } from "./read-changes.ts";
import { rankSuspects } from "./rank-suspects.ts";
import { type SearchTerm, searchTerms } from "./search-terms.ts";
import { type TimeLimit, unlessAborted } from "./time-limit.ts";

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
  limit: TimeLimit;
}

interface Searched {
  term: SearchTerm;
  hits: CodeHit[];
}

/** What GitHub is asked for, as the card names what is missing. */
const parts = {
  tree: "the list of its files",
  probes: "where the frames are",
  searches: "what was searched for",
  commits: "the newest commits",
  pullRequests: "open pull requests",
};
const calls = { probes: 2, histories: 3, pullRequests: 3 };
/** Besides probes, histories and searches: the branch, its tree, the list of pull requests. */
const otherCalls = 3;

/**
 * Looks in a repository for what a report points to. At most `maxCodeCalls` calls of GitHub's API. What GitHub refuses or does not
 * answer in time is named in `gaps`; throws `Failure` when nothing came of it for that.
 */
export async function findCode(
  question: CodeQuestion,
  { github, searches, webUrl, limit }: FindCodeNeeds,
): Promise<Code> {
  const { repository: name, text, allowedPaths } = question;
  const frames = distinct([...question.frames, ...stackFrames(text)]).slice(0, maxFrames);
  const terms = text.trim() === "" ? [] : searchTerms(text, frames);
  const partly = createPartly(limit);
  const [{ commit, tree }, open, searched] = await Promise.all([
    readTree(),
    partly.askFirst(parts.pullRequests, github.openPullRequests(name), []),
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

  const failure = [parts.tree, parts.probes, parts.searches].map(partly.failure).find((one) => one !== undefined);
  if (suspects.length === 0) {
    if (failure) throw failure;
    return { repository: name, commit, suspects, commits: [], pullRequests: [] };
  }

  const left = maxCodeCalls - otherCalls - searched.length - probes - calls.histories;
  const [commits, pullRequests] = await Promise.all([
    readCommits(suspects.slice(0, calls.histories), (path) =>
      partly.ask(parts.commits, github.commits(name, commit, path, commitsOfOne), []),
    ),
    readPullRequests(open, suspects, Math.min(left, calls.pullRequests), (number) =>
      partly.ask(parts.pullRequests, github.changedFiles(name, number), []),
    ),
  ]);
  const gaps = partly.gaps();
  return { repository: name, commit, suspects, commits, pullRequests, ...(gaps.length > 0 && { gaps }) };

  async function readTree() {
    const none = { paths: [], truncated: false };
    const head = question.head ?? (await unlessAborted(github.head(name), limit.early));
    return {
      commit: head,
      tree: head === null ? none : await partly.askFirst(parts.tree, github.tree(name, head), none),
    };
  }

  async function search(term: SearchTerm): Promise<Searched> {
    const finding = searches.hits(name, term.text, () => github.search(name, term.text));
    const hits = await partly.askFirst(parts.searches, finding, []);
    return { term, hits: hits.filter(({ fragments }) => holds(fragments, term.text)) };
  }

  /** By the tree; where that is cut, GitHub is asked for the likeliest place of the first frame that is not in it. */
  async function locate(at: string): Promise<{ located: LocatedFrame[]; probes: number }> {
    const known = locateFrames(frames, tree.paths);
    const unknown = tree.truncated
      ? frames.find((frame) => likelyPaths(frame).length > 0 && !known.some((one) => one.file === frame.file))
      : undefined;
    if (!unknown) return { located: known, probes: 0 };
    const likely = likelyPaths(unknown).slice(0, calls.probes);
    const there = await Promise.all(
      likely.map((path) => partly.askFirst(parts.probes, github.exists(name, at, path), false)),
    );
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
