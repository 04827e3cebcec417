-- A command and how it ended. `outcome` is null while it runs.
CREATE TABLE commands (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  author_id TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  settled_at INTEGER,
  outcome TEXT CHECK (outcome IN ('succeeded', 'failed', 'stopped', 'timed_out', 'refused')),
  reply TEXT,
  pull_request_url TEXT,
  cost_usd REAL
) STRICT;
CREATE INDEX commands_by_conversation ON commands (conversation_id, received_at);

-- What a thread is about. `running_command_id` is the one command that may work for it.
CREATE TABLE conversations (
  id TEXT PRIMARY KEY,
  issue_id TEXT,
  issue_identifier TEXT,
  issue_url TEXT,
  repository TEXT,
  branch TEXT,
  pull_request_url TEXT,
  running_command_id TEXT,
  updated_at INTEGER NOT NULL
) STRICT;

-- What one run's container may reach, and until when. Times are in ms since the epoch.
CREATE TABLE leases (
  id TEXT PRIMARY KEY,
  command_id TEXT NOT NULL UNIQUE,
  repository TEXT NOT NULL,
  branch TEXT NOT NULL,
  models TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  closed_at INTEGER
) STRICT;
