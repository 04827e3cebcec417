const monthMs = 30 * 24 * 60 * 60_000;
const perMonth = 1_000;
const underWay = 3;
/** Every audit ends here, however long it is: what is recorded of one can be sealed into any. */
const auditEnd = 1_000_000;

/**
 * SQL that fills an empty database with the traces of `count` commands, a thousand a month until `nowMs`. Of five commands two were asked in one
 * channel of Discord, which is one conversation, two in one channel of Slack, and one elsewhere. The last three are under way.
 */
export function fillHistory(count: number, nowMs: number): string[] {
  const rows = (times = 1) =>
    `WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < ${count * times})`;
  const at = `${nowMs} - (${count} - i) * ${monthMs / perMonth}`;
  const thread = "'slack:T1:' || iif(i % 5 < 4, 'C1', 'C' || i % 50) || ':' || (i / 10) || '.' || (i % 5)";
  const conversation = `iif(i % 5 < 2, 'discord:7:77', ${thread})`;
  const workspace = "iif(i % 5 < 2, 'discord:7', 'slack:T1')";
  const isUnderWay = `i > ${count - underWay}`;
  return [
    `${rows()} INSERT INTO commands (id, name, text, conversation_id, author_id, received_at, started_at, body, status_message_id, issue_identifier,
       outcome, ended_by, settled_at, reply, last_word_at, pull_request_url, cost_usd)
     SELECT 'c' || i, CASE i % 20 WHEN 18 THEN 'status' WHEN 19 THEN 'stop' ELSE iif(i % 3, 'contextualize', 'fix') END, 'it', ${conversation}, 'U' || i % 30,
       ${at}, ${at}, '{}', 'm' || i, 'BUG-' || i / 3, iif(${isUnderWay}, NULL, 'succeeded'), 'workflow', iif(${isUnderWay}, NULL, ${at}), 'words',
       iif(${isUnderWay}, NULL, ${at}), iif(i % 3, NULL, 'https://github.com/acme/shop/pull/' || i), 0.5 FROM numbers`,
    `${rows()} INSERT INTO conversations (id, issue_id, issue_identifier, repository, branch, updated_at, running_command_id)
     SELECT iif(i % 5 < 2, 'discord:7:t' || i, ${thread}), 'issue-' || i, 'BUG-' || i, 'acme/' || i % 40, 'bugbot/bug', ${at}, iif(${isUnderWay}, 'c' || i, NULL)
     FROM numbers WHERE true ON CONFLICT DO NOTHING`,
    `${rows()} INSERT INTO leases (id, command_id, repository, branch, models, expires_at, closed_at, spent_micro_usd, opened_at, workspace, author)
     SELECT 'l' || i, 'c' || i, 'acme/shop', 'bugbot/bug', 'sonnet', ${at}, iif(${isUnderWay}, NULL, ${at}), 500000, ${at}, ${workspace}, 'discord:U' || i % 30
     FROM numbers`,
    `${rows(3)} INSERT INTO model_calls (id, lease_id, model, asked_at, settled_at, micro_usd)
     SELECT 'm' || i, 'l' || i / 3, 'sonnet', i, i, 5 FROM numbers`,
    `${rows()} INSERT INTO pushes (lease_id, commit_id, pushed_at) SELECT 'l' || i, 'commit' || i, ${at} FROM numbers`,
    `${rows()} INSERT INTO proofs (repository, commit_id, proof, made_at) SELECT 'acme/shop', 'commit' || i, '{}', ${at} FROM numbers`,
    `${rows()} INSERT INTO evidence (subject, card, updated_at) SELECT 'issue-' || i, '{}', ${at} FROM numbers`,
    `${rows()} INSERT INTO approvals (command_id, conversation_id, plan, expires_at, decision) SELECT 'c' || i, ${conversation}, 'a plan', ${at}, 'approved' FROM numbers`,
    `${rows()} INSERT INTO messages_to_runs (id, run_id, text, said_at) SELECT 'm' || i, 'c' || i, 'words', ${at} FROM numbers`,
    `${rows()} INSERT INTO automated_commands (command_id, conversation_id, issue_identifier, hour_started_at)
     SELECT 'c' || i, ${conversation}, 'BUG-' || i % 9, ${at} FROM numbers`,
    `${rows()} INSERT INTO dead_letters (id, command_id, name, conversation_id, body, error, errors, attempts, status, died_at)
     SELECT 'c' || i, 'c' || i, 'fix', ${conversation}, '{}', 'died', '[]', 4, iif(i % 4, 'replayed', 'dead'), ${at} FROM numbers`,
    // What is older is not kept.
    `${rows()} INSERT INTO failed_starts (command_id, attempt, error, at) SELECT 'c' || i, 1, 'died', ${at} FROM numbers WHERE i > ${count} - 100`,
    `${rows()} INSERT INTO admissions (command_id, workspace, author_id, admitted_at) SELECT 'c' || i, ${workspace}, 'U' || i % 30, ${at}
     FROM numbers WHERE i > ${count} - 30`,
    `${rows()} INSERT INTO reservations (command_id, workspace, author, micro_usd, reserved_at) SELECT 'c' || i, ${workspace}, 'discord:U1', 5, ${at}
     FROM numbers WHERE ${isUnderWay}`,
    `${rows(2)} INSERT INTO audit (seq, deed, at, actor, action, subject, facts, previous, hash)
     SELECT ${auditEnd} - ${count * 2} + i, 'deed ' || i, i, 'bugbot', 'ended', 'c' || i / 2, '{}', 'hash', 'hash' FROM numbers`,
  ];
}
