-- Linear takes no comment's id twice: a comment that a person deleted is written again under the next generation's id.
ALTER TABLE evidence ADD COLUMN comment_generation INTEGER NOT NULL DEFAULT 0;
