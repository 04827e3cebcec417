/**
 * HogQL, https://posthog.com/docs/sql. What a report says reaches PostHog as `values` only, never in these texts.
 * Times are passed as whole seconds since the epoch and come back in milliseconds, whatever the project's time zone.
 */

/** Ids and e-mails of the people an address leads to: by their property, or because they are identified by it. */
export const peopleQuery = `
SELECT toString(id) AS person, properties.email AS email
FROM persons
WHERE lower(properties.email) IN {emails}
  OR id IN (SELECT person_id FROM person_distinct_ids WHERE lower(distinct_id) IN {emails})
ORDER BY created_at DESC
LIMIT {limit}`;

/** The last exceptions of each session, and the last of everything else, oldest first. */
export const actionsQuery = `
SELECT own_session, at_ms, event, url, screen, label, kind, elements, types, messages
FROM (
  SELECT
    $session_id AS own_session,
    toUnixTimestamp64Milli(timestamp) AS at_ms,
    event,
    properties.$current_url AS url,
    properties.$screen_name AS screen,
    properties.$el_text AS label,
    properties.$event_type AS kind,
    substring(elements_chain, 1, 400) AS elements,
    properties.$exception_types AS types,
    properties.$exception_values AS messages,
    row_number() OVER (PARTITION BY $session_id, event = '$exception' ORDER BY timestamp DESC) AS nth
  FROM events
  WHERE $session_id IN {sessions} AND timestamp >= fromUnixTimestamp({earliest}) AND event NOT IN {ignored}
)
WHERE nth <= {actions} AND (event != '$exception' OR nth <= {exceptions})
ORDER BY at_ms
LIMIT {limit}`;

/** Events that are nobody's doing. */
export const ignoredEvents = [
  "$pageleave",
  "$identify",
  "$set",
  "$groupidentify",
  "$create_alias",
  "$opt_in",
  "$feature_flag_called",
  "$web_vitals",
  "$performance_event",
  "$$heatmap",
  "$snapshot",
  "$copy_autocapture",
];

/** Whose exceptions are looked for. `$exception_values` and the like hold JSON, so the words searched for have no quotes in them. */
const own = {
  sessions: "$session_id IN {ids}",
  people: "toString(person_id) IN {ids}",
  message:
    "positionCaseInsensitive(properties.$exception_values, {message}) > 0 AND positionCaseInsensitive(properties.$exception_types, {type}) > 0",
  source: "positionCaseInsensitive(properties.$exception_sources, {file}) > 0",
};
export type ExceptionOrigin = keyof typeof own;

/** Issues that have an exception of that origin: its latest one there, and how far the issue reaches. */
export function exceptionsQuery(origin: ExceptionOrigin): string {
  return `
SELECT
  toString(issue_id) AS issue,
  argMaxIf(properties.$exception_list, timestamp, ${own[origin]}) AS exceptions,
  argMaxIf($session_id, timestamp, ${own[origin]}) AS own_session,
  toUnixTimestamp64Milli(maxIf(timestamp, ${own[origin]})) AS own_at,
  uniqIf(person_id, timestamp >= fromUnixTimestamp({since})) AS people,
  toUnixTimestamp64Milli(min(timestamp)) AS first_at,
  toUnixTimestamp64Milli(max(timestamp)) AS last_at
FROM events
WHERE event = '$exception'
  AND timestamp >= fromUnixTimestamp({earliest})
  AND issue_id IN (
    SELECT issue_id
    FROM events
    WHERE event = '$exception' AND timestamp >= fromUnixTimestamp({earliest}) AND ${own[origin]}
  )
GROUP BY issue_id
ORDER BY own_at DESC
LIMIT {limit}`;
}
