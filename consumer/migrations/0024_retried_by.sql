-- The command that does this one again. While it has not ended nobody else does.
ALTER TABLE commands ADD COLUMN retried_by TEXT;
