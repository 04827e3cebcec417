-- A command's conversation with what opens a door for a while: where an answer for the asker's eyes goes. Null once the last word is said or given up.
ALTER TABLE commands ADD COLUMN address TEXT;
