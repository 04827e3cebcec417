import type { RecordedRequest } from "./stand-in.ts";
import { chatPart, firstAt, indent, issuePart, part, type StoryFacts, timePart } from "./story.ts";

/** How a report became a card of evidence, for a person to read. */
export async function tellContextualize(facts: StoryFacts): Promise<string> {
  const { chat, linear } = facts;
  const comments = linear.workspace.comments.flatMap(({ body }) => ["", ...indent(body)]);
  const calls = facts.calls();
  const sources = [...(calls.get("PostHog") ?? []), ...(calls.get("GitHub") ?? [])].toSorted((a, b) => a.at - b.at);
  return [
    chatPart(chat),
    issuePart(linear, comments.length > 0 ? ["  with this comment:", ...comments] : ["  without a comment"]),
    timePart(facts, [
      ["thread read, issue looked for, sources asked", sources[0]?.at],
      ["the sources' last question", sources.at(-1)?.at],
      ["the card in Linear", firstAt(linear.requests, ({ operation }) => operation === "commentCreate")],
    ]),
    part("Calls of the outside world", [...calls].flatMap(count)),
  ].join("\n");
}

/** `  Linear   3  teams, issueCreate ×2` */
function count([vendor, requests]: [string, RecordedRequest[]]): string[] {
  const times = new Map<string, number>();
  for (const { operation } of requests) times.set(operation, (times.get(operation) ?? 0) + 1);
  const list = [...times].map(([operation, number]) => (number === 1 ? operation : `${operation} ×${number}`));
  return list.length === 0 ? [] : [`  ${vendor.padEnd(8)} ${String(requests.length).padStart(2)}  ${list.join(", ")}`];
}
