import type { RecordedRequest } from "../../local/stand-in.ts";

interface Call {
  name: string;
  at: number;
  answeredAt: number | undefined;
}

/** Which answers a call cannot do without: calls' names, and those of what was asked before it. The code may wait for more; a test holds it to no less. */
const needs: readonly (readonly [RegExp, RegExp])[] = [
  // Whether the thread has an issue is asked with its link.
  [/^Linear lookUp/, /^Slack (chat\.getPermalink|conversations\.replies)/],
  [/^Linear issueCreate/, /^Linear (lookUp|issueAndTeam|teams)/],
  [/^Linear attachmentCreate/, /^Linear issueCreate/],
  // The issue's own words may name sessions, people, files and a repository.
  [/^PostHog people/, /^Linear lookUp/],
  [/^PostHog (exceptions|GET)/, /^PostHog people/],
  [/^PostHog actions/, /^PostHog GET/],
  [/^GitHub GET \/repos\/[^/]+\/[^/]+$/, /^Linear lookUp/],
  // A renamed repository is asked by its new name, once that is allowed.
  [/^GitHub GET \/(search|repos\/[^/]+\/[^/]+\/)/, /^GitHub GET \/repos\/[^/]+\/[^/]+$/],
  [/^GitHub GET .*\/git\/trees/, /^GitHub GET .*\/(branches\/|commits\?per_page)/],
  // The tree names the files.
  [/^GitHub GET .*\/(commits\?.*path=|pulls\/\d)/, /^GitHub GET .*\/git\/trees/],
  [/^Linear commentCreate/, /^(PostHog|GitHub|Linear issueCreate)/],
  // The last word says whether the card could be kept.
  [/^Slack chat\.update/, /^(Linear commentCreate|Slack chat\.postMessage)/],
];
/** What the report's own files, and those of the frames that PostHog brought to light, are known by: only some histories need each. */
const needOfSome: readonly [RegExp, RegExp] = [
  /^GitHub GET .*\/commits\?.*path=/,
  /^(PostHog exceptions|GitHub GET \/search)/,
];

type Calls = ReadonlyMap<string, readonly RecordedRequest[]>;

/** The longest chain of calls up to the last word, of which each needs the answer of the one before and, as recorded, waited for it. */
export function criticalPath(byVendor: Calls): string[] {
  const ordered = inOrder(byVendor);
  const chains = new Map<Call, string[]>();
  for (const [index, call] of ordered.entries()) {
    const before = ordered.slice(0, index).filter((earlier) => isNeeded(call, earlier) && hasWaited(call, earlier));
    const longest = before
      .map((earlier) => chains.get(earlier) ?? [])
      .reduce((found, chain) => (chain.length > found.length ? chain : found), []);
    chains.set(call, [...longest, call.name]);
  }
  const last = ordered.findLast(({ name }) => name.startsWith("Slack chat.update"));
  return (last && chains.get(last)) ?? [];
}

/** What `needs` says and a run does not show: calls that did not wait for an answer they need, and needs of calls that nobody made. */
export function contradictions(byVendor: Calls): string[] {
  const ordered = inOrder(byVendor);
  return needs.flatMap(([later, sooner]) => {
    const pairs = ordered.flatMap((call, index) =>
      later.test(call.name)
        ? ordered.slice(0, index).flatMap((earlier) => (sooner.test(earlier.name) ? { call, earlier } : []))
        : [],
    );
    if (pairs.length === 0) return [`nobody asked ${later.source} after ${sooner.source}`];
    return pairs
      .filter(({ call, earlier }) => !hasWaited(call, earlier))
      .map(({ call, earlier }) => `${call.name} began before ${earlier.name} was answered`);
  });
}

function inOrder(byVendor: Calls): Call[] {
  const calls = [...byVendor].flatMap(([vendor, requests]) => requests.map((request) => callOf(vendor, request)));
  return calls.toSorted((one, other) => one.at - other.at);
}

function isNeeded(call: Call, earlier: Call): boolean {
  return [...needs, needOfSome].some(([later, sooner]) => later.test(call.name) && sooner.test(earlier.name));
}

function hasWaited(call: Call, { answeredAt }: Call): boolean {
  return answeredAt !== undefined && call.at >= answeredAt;
}

function callOf(vendor: string, { operation, path, body, at, answeredAt }: RecordedRequest): Call {
  const query = typeof body === "object" && body !== null && "query" in body ? body.query : undefined;
  const [, first = "", rest = ""] = /^(?:query|mutation) Bugbot(\w)(\w*)/.exec(String(query)) ?? [];
  const named = typeof query === "object" && query !== null && "name" in query ? String(query.name) : undefined;
  const asked = path.includes("?") && vendor !== "Slack" ? `?${path.split("?", 2)[1]}` : "";
  return {
    name: `${vendor} ${(first.toLowerCase() + rest || named?.replace(/^bugbot: /, "")) ?? operation + asked}`,
    at,
    answeredAt,
  };
}
