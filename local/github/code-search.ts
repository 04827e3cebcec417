import { validationFailed } from "./errors.ts";
import { type Repositories } from "./git-repositories.ts";
import { type GitHubRepository } from "./pulls.ts";

/** https://docs.github.com/rest/search/search#search-code: larger files are not searched. */
const maxFileBytes = 384 * 1024;
/** https://docs.github.com/search-github/searching-on-github/searching-code */
const maxQueryLength = 256;
const maxFragments = 3;

export interface Question {
  /** What must all stand in a file. */
  terms: string[];
  repository: string;
}

export interface Match {
  path: string;
  sha: string;
  /** Lines that hold a term. */
  lines: string[];
}

/** `"two words" one repo:owner/name`; the repository must be named here, other qualifiers are not known. */
export function readQuery(query: string): Question {
  const wrong = (message: string) => validationFailed([{ resource: "Search", field: "q", code: "invalid", message }]);
  const repository = /(?:^|\s)repo:(\S+)/.exec(query)?.[1];
  const rest = query.replace(/(^|\s)repo:\S+/g, " ");
  const terms = [...rest.matchAll(/"([^"]*)"|([^\s"]+)/g)].map(([, phrase, word]) => (phrase ?? word ?? "").trim());
  const unknown = terms.find((term) => /^[a-z]+:\S/.test(term));
  if (unknown !== undefined) throw new Error(`the stand-in's search does not know ${unknown}`);
  if (rest.trim().length > maxQueryLength) throw wrong("The search is longer than 256 characters.");
  if (!repository || terms.every((term) => term === ""))
    throw wrong("ERROR_TYPE_QUERY_PARSING_FATAL unable to parse query!");
  return { terms: terms.filter((term) => term !== ""), repository };
}

/** Text files of the default branch that hold every term, as git finds them: case does not matter. */
export async function searchCode(
  { git }: Repositories,
  { fullName, defaultBranch }: GitHubRepository,
  terms: string[],
): Promise<Match[]> {
  const branch = `refs/heads/${defaultBranch}`;
  const listing = await git(fullName, ["ls-tree", "-r", "-z", "--long", branch]).catch(() => "");
  const files = new Map(
    listing.split("\0").flatMap((line) => {
      const [, sha, size, path] = /^\d+ blob ([0-9a-f]+) +(\d+)\t(.+)$/s.exec(line) ?? [];
      return sha && path && Number(size) <= maxFileBytes ? [[path, { path, sha, lines: new Array<string>() }]] : [];
    }),
  );
  for (const term of terms) {
    const options = ["-z", "-I", "-i", "-F", "--no-color", "--full-name"];
    // git ends with 1 where nothing is found.
    const printed = await git(fullName, ["grep", ...options, "-e", term, branch, "--"]).catch(() => "");
    const holding = new Set<string>();
    for (const line of printed.split("\n")) {
      const [place = "", text = ""] = line.split("\0");
      const path = place.slice(branch.length + 1);
      files.get(path)?.lines.push(text);
      holding.add(path);
    }
    for (const path of files.keys()) if (!holding.has(path)) files.delete(path);
  }
  return [...files.values()].toSorted((one, other) => other.lines.length - one.lines.length);
}

/** https://docs.github.com/rest/search/search#text-match-metadata */
export function textMatches(objectUrl: string, { lines }: Match, terms: string[]) {
  return lines.slice(0, maxFragments).map((fragment) => ({
    object_url: objectUrl,
    object_type: "FileContent",
    property: "content",
    fragment,
    matches: terms.flatMap((term) => {
      const start = fragment.toLowerCase().indexOf(term.toLowerCase());
      return start === -1
        ? []
        : [{ text: fragment.slice(start, start + term.length), indices: [start, start + term.length] }];
    }),
  }));
}
