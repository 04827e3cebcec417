-- What waits for somebody's approval, and what became of it. `plan` is a hash of all that the run will be given: an answer counts for
-- that plan alone. Times are in ms since the epoch.
CREATE TABLE approvals (
  command_id TEXT PRIMARY KEY,
  conversation_id TEXT NOT NULL,
  plan TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  decision TEXT CHECK (decision IN ('approved', 'declined', 'expired')),
  decided_by TEXT,
  decided_at INTEGER
) STRICT;

-- Whoever added to a plan does not approve it.
ALTER TABLE messages_to_runs ADD COLUMN author_id TEXT;
