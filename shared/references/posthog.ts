import { findAll } from "./find-all.ts";

/** A recording's page, or the list with one of them open. */
const recordingUrl =
  /https?:\/\/[\w.-]{1,100}(?::\d{1,5})?\/(?:project\/\d{1,12}\/)?replay\/(?:[a-z]{0,20}\?[\w=&%.-]{0,200}sessionRecordingId=)?([0-9a-f-]{36})(?![\w-])/gi;
/** `session 0190…`, `$session_id: "0190…"`, `recording=0190…`. Session ids are UUIDs of version 7. */
const namedSession =
  /(?<![a-z])(?:session|recording|replay)(?:[ _-]?id)?["'`]?[ \t]{0,3}[:=#]?[ \t]{0,3}["'`<(]?([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})(?![\w-])/gi;

/** Session ids of the PostHog recordings that are linked to or named, in the order they were written. */
export function postHogSessionIds(text: string): string[] {
  const found = [...findAll(text, "://", recordingUrl), ...findAll(text, "-7", namedSession)];
  return [...new Set(found.toSorted((one, other) => one.index - other.index).map(([, id = ""]) => id))];
}
