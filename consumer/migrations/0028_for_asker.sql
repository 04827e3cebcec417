-- A command says itself that its answer is for its asker alone: those before it were questions without a message in chat.
UPDATE commands SET body = json_set(body, '$.forAsker', json('true'))
  WHERE json_valid(body) AND name IN ('status', 'stop', 'help', 'approve', 'decline')
  AND json_extract(body, '$.conversation.messageId') IS NULL
  AND (conversation_id LIKE 'discord:%' OR json_extract(body, '$.conversation.threadId') IS NULL);
UPDATE dead_letters SET body = json_set(body, '$.forAsker', json('true'))
  WHERE json_valid(body) AND name IN ('status', 'stop', 'help', 'approve', 'decline')
  AND json_extract(body, '$.conversation.messageId') IS NULL
  AND (conversation_id LIKE 'discord:%' OR json_extract(body, '$.conversation.threadId') IS NULL);
