import type { StackFrame } from "../../shared/references/stack-frame.ts";
import type { Issue, RawFrame } from "../clients/posthog-answers.ts";
import { oneLine } from "../report/title.ts";
import type { SeenException } from "./evidence.ts";

const maxFrames = 10;

/** An issue of error tracking as evidence. Untrusted text. */
export function seenException(issue: Issue, url: string): SeenException {
  const [caught] = issue.chain;
  const { affectedUsers, firstSeenAt, lastSeenAt } = issue;
  return {
    type: oneLine((caught?.type ?? "Error").slice(0, 400)),
    message: oneLine((caught?.value ?? "").slice(0, 1000)),
    url,
    frames: ownFrames(issue.chain),
    affectedUsers,
    firstSeenAt,
    lastSeenAt,
  };
}

/** The root cause comes last in a chain, and the throwing frame last in a stack. */
function ownFrames(chain: Issue["chain"]): StackFrame[] {
  const found = new Map<string, StackFrame>();
  for (const { stacktrace } of chain.toReversed()) {
    for (const frame of stacktrace?.frames.toReversed() ?? []) {
      const read = readFrame(frame);
      const place = `${read?.file}:${read?.line}`;
      if (read && !found.has(place)) found.set(place, read);
    }
  }
  return [...found.values()].slice(0, maxFrames);
}

function readFrame(frame: RawFrame): StackFrame | undefined {
  const file = (frame.source ?? frame.filename)?.replace(/[?#].*$/, "");
  const line = frame.line ?? frame.lineno;
  if (!frame.in_app || !file || file.length > 300 || !line || line < 1) return undefined;
  const symbol = frame.resolved_name ?? frame.mangled_name ?? frame.function;
  return { file, line, ...(symbol && { symbol: symbol.slice(0, 120) }) };
}
