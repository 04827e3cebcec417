-- When GitHub was asked to search code, in ms since the epoch: it allows ten in a minute.
CREATE TABLE IF NOT EXISTS code_searches (at INTEGER NOT NULL) STRICT;
