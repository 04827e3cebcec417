-- When a push is looked at next that may stand unjudged on its branch; null where nothing is left to look at.
ALTER TABLE pushes ADD COLUMN judge_at INTEGER;
CREATE INDEX pushes_judge_at ON pushes (judge_at) WHERE judge_at IS NOT NULL;
