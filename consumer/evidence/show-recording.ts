import { replayLeadMs } from "../../shared/limits.ts";
import type { PostHog } from "../clients/posthog.ts";
import type { FoundRecording, Issue, SessionEvent } from "../clients/posthog-answers.ts";
import { describeAction } from "./describe-action.ts";
import type { Recording } from "./evidence.ts";

/** As far as PostHog describes it. */
export type SeenRecording = Pick<FoundRecording, "sessionId" | "startedAt"> & Partial<FoundRecording>;

/** Opened a few seconds before the exception, or at its start. */
export function showRecording(
  recording: SeenRecording,
  events: readonly SessionEvent[],
  issues: readonly Issue[],
  pageAt: PostHog["pages"]["recording"],
): Recording {
  const { sessionId: id, startedAt, durationMs, consoleErrors } = recording;
  const own = events.filter((event) => event.sessionId === id);
  const wrong = issues.find((issue) => issue.sessionId === id) ?? own.findLast(({ event }) => event === "$exception");
  const at = (moment: number) => {
    const offsetMs = Math.min(Math.max(moment - startedAt, 0), durationMs ?? Number.POSITIVE_INFINITY);
    return pageAt(id, offsetMs / 1000);
  };
  return {
    sessionId: id,
    url: wrong ? at(wrong.at - replayLeadMs) : at(startedAt),
    startedAt,
    durationMs,
    consoleErrors,
    timeline: own.map((event) => ({ at: event.at, ...describeAction(event), url: at(event.at) })),
  };
}
