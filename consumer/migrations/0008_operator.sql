-- Who may use /api. Of a key only its SHA-256 is kept. Times are in ms since the epoch.
CREATE TABLE api_keys (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  last_used_at INTEGER,
  revoked_at INTEGER,
  replaced_by TEXT
) STRICT;

-- What happened, in order; each entry holds the hash of the one before. `deed` names what is recorded once.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  deed TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  facts TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_subject ON audit (subject, seq);

-- It grows at its end, and nothing in it ever changes. A trigger is one line: its own `;` does not end the statement.
CREATE TRIGGER audit_grows_at_its_end BEFORE INSERT ON audit
  WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit)
    OR NEW.previous IS NOT coalesce((SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), '')
    OR EXISTS (SELECT 1 FROM audit WHERE deed = NEW.deed)
  BEGIN SELECT RAISE(ABORT, 'the audit grows at its end only'); END;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit is not changed'); END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit is not shortened'); END;
