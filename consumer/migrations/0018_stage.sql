-- What a running command does, in words, for those who ask for its status.
ALTER TABLE commands ADD COLUMN stage TEXT;
