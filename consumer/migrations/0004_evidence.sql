-- Calls of the sources of evidence in the last ten minutes: a source that mostly fails is left alone for a while.
CREATE TABLE source_calls (
  source TEXT NOT NULL,
  at INTEGER NOT NULL,
  failed INTEGER NOT NULL
) STRICT;
CREATE INDEX source_calls_by_source ON source_calls (source, at);

-- A source's circuit breaker, from when it opened until it closed again. Times are in ms since the epoch.
CREATE TABLE breakers (
  source TEXT PRIMARY KEY,
  opened_at INTEGER NOT NULL,
  tried_at INTEGER NOT NULL,
  successes INTEGER NOT NULL
) STRICT;

-- The newest evidence card of an issue (or of a thread without one): what is new next time, and what a fix is told.
CREATE TABLE evidence (
  subject TEXT PRIMARY KEY,
  card TEXT NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
