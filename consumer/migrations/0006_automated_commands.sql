-- Commands that other bots asked for: so many about one thing an hour, and no more. `hour_started_at` is that of the hour's first one.
CREATE TABLE automated_commands (
  command_id TEXT PRIMARY KEY,
  conversation_id TEXT NOT NULL,
  issue_identifier TEXT,
  hour_started_at INTEGER NOT NULL
) STRICT;
CREATE INDEX automated_commands_by_conversation ON automated_commands (conversation_id, hour_started_at);
CREATE INDEX automated_commands_by_issue ON automated_commands (issue_identifier, hour_started_at);
