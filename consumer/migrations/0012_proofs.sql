-- What the project's own check said of a commit that a run pushed: its pull request may be opened by a later try.
CREATE TABLE proofs (
  repository TEXT NOT NULL,
  commit_id TEXT NOT NULL,
  proof TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  PRIMARY KEY (repository, commit_id)
) STRICT;
