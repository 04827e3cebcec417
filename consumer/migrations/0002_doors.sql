-- The command as it was queued, without what expires: a Retry button asks for it again.
ALTER TABLE commands ADD COLUMN body TEXT;
-- The message that follows the command: people answer it with buttons and reactions.
ALTER TABLE commands ADD COLUMN status_message_id TEXT;
-- The Linear issue it came to be about.
ALTER TABLE commands ADD COLUMN issue_identifier TEXT;
CREATE INDEX commands_by_status_message ON commands (status_message_id);
-- A person asked for it to stop.
ALTER TABLE commands ADD COLUMN stop_requested_at INTEGER;
-- The commit a run's push must start from.
ALTER TABLE leases ADD COLUMN head_before TEXT;
