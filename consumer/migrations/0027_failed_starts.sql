-- Why a command's Workflow could not be started, attempt by attempt: the queue does not carry it to its dead letters.
CREATE TABLE failed_starts (
  command_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  error TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (command_id, attempt)
) STRICT;
CREATE INDEX failed_starts_at ON failed_starts (at);
