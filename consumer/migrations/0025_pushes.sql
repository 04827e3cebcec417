-- What the egress let a run push: what else comes onto its branch is somebody else's.
CREATE TABLE pushes (
  lease_id TEXT NOT NULL,
  commit_id TEXT NOT NULL,
  pushed_at INTEGER NOT NULL,
  PRIMARY KEY (lease_id, commit_id)
) STRICT;
