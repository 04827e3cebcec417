import type { KnownPerson, Recording } from "./project.ts";

/** A recording as the list and its own page give it. */
export function recordingAnswer(recording: Recording, person: KnownPerson | undefined) {
  const { sessionId, distinctId, startedAt, durationMs, consoleErrors = 0, clicks = 0, startUrl } = recording;
  const seconds = Math.round(durationMs / 1000);
  return {
    id: sessionId,
    distinct_id: distinctId,
    viewed: false,
    viewers: [],
    recording_duration: seconds,
    active_seconds: seconds,
    inactive_seconds: 0,
    start_time: new Date(startedAt).toISOString(),
    end_time: new Date(startedAt + durationMs).toISOString(),
    click_count: clicks,
    keypress_count: 0,
    mouse_activity_count: clicks,
    console_log_count: 0,
    console_warn_count: 0,
    console_error_count: consoleErrors,
    start_url: startUrl ?? null,
    ...(person && { person: personAnswer(person) }),
    storage: "object_storage",
    retention_period_days: 30,
    snapshot_source: "web",
    ongoing: false,
    activity_score: null,
  };
}

/** As a recording names its person. */
function personAnswer({ id, distinctIds, properties }: KnownPerson) {
  const [first = ""] = distinctIds;
  const name = typeof properties["email"] === "string" ? properties["email"] : first;
  return {
    id: 1,
    name,
    distinct_ids: first,
    properties,
    created_at: "2026-01-01T00:00:00Z",
    uuid: id,
  };
}
