-- Work that was let in: how much one person asked for lately, and how much of a workspace's runs. A day is kept. Times are in ms since the epoch.
CREATE TABLE admissions (
  command_id TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  author_id TEXT NOT NULL,
  admitted_at INTEGER NOT NULL
) STRICT;
CREATE INDEX admissions_by_author ON admissions (workspace, author_id, admitted_at);
CREATE INDEX admissions_by_age ON admissions (admitted_at);
