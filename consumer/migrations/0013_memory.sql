-- What the last run said at its end, and until when its checkpoint in R2 may be kept.
ALTER TABLE conversations ADD COLUMN summary TEXT;
ALTER TABLE conversations ADD COLUMN checkpoint_expires_at INTEGER;
CREATE INDEX conversations_by_expiry ON conversations (checkpoint_expires_at) WHERE checkpoint_expires_at IS NOT NULL;

-- What people said to a run while it was under way. A run that starts over hears it again.
CREATE TABLE messages_to_runs (
  id TEXT PRIMARY KEY,
  run_id TEXT NOT NULL,
  text TEXT NOT NULL,
  said_at INTEGER NOT NULL
) STRICT;
CREATE INDEX messages_to_runs_by_run ON messages_to_runs (run_id, said_at);
