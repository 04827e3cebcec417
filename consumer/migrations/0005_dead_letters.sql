-- Commands that died, and messages that are no command. A command's letter has the command's id.
CREATE TABLE dead_letters (
  id TEXT PRIMARY KEY,
  command_id TEXT,
  name TEXT,
  conversation_id TEXT,
  body TEXT NOT NULL,
  error TEXT NOT NULL,
  errors TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  status TEXT NOT NULL DEFAULT 'dead' CHECK (status IN ('dead', 'replayed', 'dropped')),
  died_at INTEGER NOT NULL,
  replayed_as TEXT
) STRICT;
CREATE INDEX dead_letters_by_age ON dead_letters (died_at);

-- Who wrote the outcome: only that one says the last word.
ALTER TABLE commands ADD COLUMN ended_by TEXT;
-- The button under the last word.
ALTER TABLE commands ADD COLUMN reply_button TEXT;
-- When the person had the last word; who is about to say it; why it can never be said.
ALTER TABLE commands ADD COLUMN last_word_at INTEGER;
ALTER TABLE commands ADD COLUMN last_word_claimed_at INTEGER;
ALTER TABLE commands ADD COLUMN last_word_error TEXT;
UPDATE commands SET last_word_at = settled_at, ended_by = 'workflow' WHERE outcome IS NOT NULL;

-- What the watchdog looks for every minute: each index is empty while all is well.
CREATE INDEX commands_without_outcome ON commands (started_at) WHERE outcome IS NULL;
CREATE INDEX commands_without_last_word ON commands (settled_at)
  WHERE outcome IS NOT NULL AND last_word_at IS NULL AND last_word_error IS NULL;
CREATE INDEX conversations_claimed ON conversations (running_command_id) WHERE running_command_id IS NOT NULL;
CREATE INDEX leases_open ON leases (command_id) WHERE closed_at IS NULL;
