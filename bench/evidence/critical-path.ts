import type { RecordedRequest } from "../../local/stand-in.ts";

interface Call {
  name: string;
  at: number;
}

/** Which answers a call cannot do without: calls' names, and those of what was asked before it. The code may wait for more. */
const needs: readonly (readonly [RegExp, RegExp])[] = [
  // Whether the thread has an issue is asked with its link.
  [/^Linear attachmentsForURL/, /^Slack (chat\.getPermalink|conversations\.replies)/],
  [/^Linear issueCreate/, /^Linear (attachmentsForURL|teams)/],
  [/^Linear attachmentCreate/, /^Linear issueCreate/],
  // The issue's own words may name sessions, people, files and a repository.
  [/^PostHog people/, /^Linear attachmentsForURL/],
  [/^PostHog (exceptions|GET)/, /^PostHog people/],
  [/^PostHog actions/, /^PostHog GET/],
  [/^GitHub GET \/repos\/[^/]+\/[^/]+$/, /^Linear attachmentsForURL/],
  // A renamed repository is asked by its new name, once that is allowed.
  [/^GitHub GET \/(search|repos\/[^/]+\/[^/]+\/)/, /^GitHub GET \/repos\/[^/]+\/[^/]+$/],
  [/^GitHub GET .*\/git\/trees/, /^GitHub GET .*\/(branches\/|commits\?per_page)/],
  // What was searched for and the tree name the files; what was thrown names more, which are only known then.
  [/^GitHub GET .*\/(commits\?.*path=|pulls\/\d)/, /^GitHub GET (\/search|.*\/git\/trees)/],
  [/^Linear commentCreate/, /^(PostHog|GitHub|Linear issueCreate)/],
  // The last word says whether the card could be kept.
  [/^Slack chat\.update/, /^(Linear commentCreate|Slack chat\.postMessage)/],
];
/** Of the frames that PostHog brought to light: in the order asked, histories after it need it. */
const lateNeed: readonly [RegExp, RegExp] = [/^GitHub GET .*\/commits\?.*path=/, /^PostHog exceptions/];

/** The longest chain of calls of which each needs the answer of the one before, up to the last word. */
export function criticalPath(byVendor: ReadonlyMap<string, readonly RecordedRequest[]>): string[] {
  const calls = [...byVendor].flatMap(([vendor, requests]) => requests.map((request) => callOf(vendor, request)));
  const ordered = calls.toSorted((one, other) => one.at - other.at);
  const chains = new Map<Call, string[]>();
  for (const [index, call] of ordered.entries()) {
    const before = ordered.slice(0, index).filter((earlier) => isNeeded(call, earlier));
    const longest = before
      .map((earlier) => chains.get(earlier) ?? [])
      .reduce((found, chain) => (chain.length > found.length ? chain : found), []);
    chains.set(call, [...longest, call.name]);
  }
  const last = ordered.findLast(({ name }) => name.startsWith("Slack chat.update"));
  return (last && chains.get(last)) ?? [];
}

function isNeeded(call: Call, earlier: Call): boolean {
  return [...needs, lateNeed].some(([later, sooner]) => later.test(call.name) && sooner.test(earlier.name));
}

function callOf(vendor: string, { operation, path, body, at }: RecordedRequest): Call {
  const query = typeof body === "object" && body !== null && "query" in body ? body.query : undefined;
  const named = typeof query === "object" && query !== null && "name" in query ? String(query.name) : undefined;
  const asked = path.includes("?") && vendor !== "Slack" ? `?${path.split("?", 2)[1]}` : "";
  return { name: `${vendor} ${named?.replace(/^bugbot: /, "") ?? operation + asked}`, at };
}
