-- What runs that have not ended may cost this month, in millionths of a dollar: two at once do not both count on the same money. Times are in
-- ms since the epoch.
CREATE TABLE reservations (
  command_id TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  author TEXT NOT NULL,
  micro_usd INTEGER NOT NULL,
  reserved_at INTEGER NOT NULL
) STRICT;
CREATE INDEX reservations_by_workspace ON reservations (workspace);
CREATE INDEX reservations_by_author ON reservations (author);

-- What stands beside the last word's text, as JSON: a card, and buttons that open pages. Whoever says it late says it as it was meant.
ALTER TABLE commands ADD COLUMN reply_extras TEXT;
