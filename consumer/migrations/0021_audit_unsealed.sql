-- What happened and is not in the chain of the audit yet: any number write here at once, and one sealer moves it over, in order.
CREATE TABLE audit_unsealed (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  deed TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  facts TEXT NOT NULL
) STRICT;

-- Who seals now, and until when nobody else tries to. It saves work; the order is kept by `audit_grows_at_its_end`.
CREATE TABLE audit_sealer (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  holder TEXT NOT NULL,
  held_until INTEGER NOT NULL
) STRICT;
INSERT INTO audit_sealer (id, holder, held_until) VALUES (1, '', 0);

-- A deed is recorded once: what is there already, here or in the chain, is left as it is.
CREATE TRIGGER audit_unsealed_once BEFORE INSERT ON audit_unsealed
  WHEN EXISTS (SELECT 1 FROM audit WHERE deed = NEW.deed)
    OR EXISTS (SELECT 1 FROM audit_unsealed WHERE deed = NEW.deed OR id = NEW.id)
  BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER audit_unsealed_is_not_changed BEFORE UPDATE ON audit_unsealed
  BEGIN SELECT RAISE(ABORT, 'the audit is not changed'); END;
-- It leaves by being sealed, and in no other way.
CREATE TRIGGER audit_unsealed_is_not_shortened BEFORE DELETE ON audit_unsealed
  WHEN NOT EXISTS (SELECT 1 FROM audit WHERE deed = OLD.deed)
  BEGIN SELECT RAISE(ABORT, 'the audit is not shortened'); END;
-- The words are those an append that lost its place has always been refused with: an older version tries again, and finds the deed sealed.
CREATE TRIGGER audit_seals_what_was_written BEFORE INSERT ON audit
  WHEN EXISTS (SELECT 1 FROM audit_unsealed WHERE deed = NEW.deed
    AND (at, actor, action, subject, facts) IS NOT (NEW.at, NEW.actor, NEW.action, NEW.subject, NEW.facts))
  BEGIN SELECT RAISE(ABORT, 'the audit grows at its end only, by what was written'); END;
CREATE TRIGGER audit_unsealed_becomes_sealed AFTER INSERT ON audit
  BEGIN DELETE FROM audit_unsealed WHERE deed = NEW.deed; END;
