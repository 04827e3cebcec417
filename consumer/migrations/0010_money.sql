-- What a run may cost and has cost, in millionths of a dollar, as the egress counts it, and who pays. `spent_micro_usd` holds what is under way, at its worst.
ALTER TABLE leases ADD COLUMN max_micro_usd INTEGER NOT NULL DEFAULT 5000000;
ALTER TABLE leases ADD COLUMN spent_micro_usd INTEGER NOT NULL DEFAULT 0;
ALTER TABLE leases ADD COLUMN cut_off_at INTEGER;
ALTER TABLE leases ADD COLUMN opened_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE leases ADD COLUMN workspace TEXT NOT NULL DEFAULT '';
ALTER TABLE leases ADD COLUMN author TEXT NOT NULL DEFAULT '';
CREATE INDEX leases_by_workspace ON leases (workspace, opened_at);
CREATE INDEX leases_by_author ON leases (author, opened_at);

-- Each question to the model. `micro_usd` is the most it can cost until it is settled, then what it cost.
CREATE TABLE model_calls (
  id TEXT PRIMARY KEY,
  lease_id TEXT NOT NULL,
  model TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  settled_at INTEGER,
  micro_usd INTEGER NOT NULL
) STRICT;
CREATE INDEX model_calls_by_lease ON model_calls (lease_id, settled_at);
