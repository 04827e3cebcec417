-- When work that had to wait for its approval began; null where it began when it was let in. In ms since the epoch.
ALTER TABLE admissions ADD COLUMN began_at INTEGER;
