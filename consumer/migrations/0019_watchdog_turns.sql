-- When the watchdog last looked after a command: whom it looked after longest ago is next.
ALTER TABLE commands ADD COLUMN watched_at INTEGER;
-- A last word that chat did not take: when it is tried again, and how often it was tried.
ALTER TABLE commands ADD COLUMN last_word_next_at INTEGER;
ALTER TABLE commands ADD COLUMN last_word_attempts INTEGER NOT NULL DEFAULT 0;
