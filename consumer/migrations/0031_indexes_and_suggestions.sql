-- What a conversation's id begins with: its workspace, `slack:T0ACME:` or `discord:<guild>:`, and its channel, `slack:T0ACME:C0BUGS:` (on Discord
-- the workspace again). They are computed when they are asked for, and stored in the indexes alone.
ALTER TABLE commands ADD COLUMN workspace TEXT GENERATED ALWAYS AS
  (substr(conversation_id, 1, instr(conversation_id, ':') + instr(substr(conversation_id, instr(conversation_id, ':') + 1), ':'))) VIRTUAL;
ALTER TABLE commands ADD COLUMN channel TEXT GENERATED ALWAYS AS
  (rtrim(conversation_id, replace(conversation_id, ':', ''))) VIRTUAL;
ALTER TABLE conversations ADD COLUMN workspace TEXT GENERATED ALWAYS AS
  (substr(id, 1, instr(id, ':') + instr(substr(id, instr(id, ':') + 1), ':'))) VIRTUAL;

-- The newest commands; what runs in a conversation; and work, in the order in which it is shown: what runs, then the newest.
CREATE INDEX commands_by_age ON commands (received_at, id);
CREATE INDEX commands_unended ON commands (conversation_id) WHERE outcome IS NULL;
CREATE INDEX commands_of_conversation ON commands (conversation_id, outcome IS NULL, received_at) WHERE name IN ('fix', 'contextualize');
CREATE INDEX commands_of_channel ON commands (channel, outcome IS NULL, received_at) WHERE name IN ('fix', 'contextualize');
CREATE INDEX commands_of_workspace ON commands (workspace, outcome IS NULL, received_at) WHERE name IN ('fix', 'contextualize');
CREATE INDEX commands_by_pull_request ON commands (conversation_id, pull_request_url) WHERE pull_request_url IS NOT NULL;

-- What a workspace worked on last, and the threads of an issue.
CREATE INDEX conversations_of_workspace ON conversations (workspace, updated_at);
CREATE INDEX conversations_by_issue ON conversations (issue_id) WHERE issue_id IS NOT NULL;

-- Dead letters page by page, all of them or those with one status.
DROP INDEX dead_letters_by_age;
CREATE INDEX dead_letters_by_age ON dead_letters (died_at, id);
CREATE INDEX dead_letters_by_status ON dead_letters (status, died_at, id);

-- Linear's open issues as they were suggested to a workspace for what somebody had typed, for a minute; and when Linear was last asked for a workspace.
CREATE TABLE suggested_issues (
  workspace TEXT NOT NULL,
  typed TEXT NOT NULL,
  issues TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, typed)
) STRICT;
CREATE TABLE suggestion_turns (
  workspace TEXT PRIMARY KEY,
  taken_at INTEGER NOT NULL
) STRICT;
