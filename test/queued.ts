import type { Command } from "../shared/command.ts";
import { parseWords } from "../shared/grammar.ts";
import { findReferences } from "../shared/references/reference.ts";
import type { World } from "./world.ts";

export interface QueuedAt {
  threadTs?: string;
  /** By the gateway's clock. Default: now. */
  receivedAt?: number;
}

/** A message in Slack, and the command that the gateway would put on the queue for it. */
export function queued(
  { slack, channel }: World,
  id: string,
  text: string,
  { threadTs, receivedAt = Date.now() }: QueuedAt = {},
): { ts: string; command: Command } {
  const { ts } = slack.mention(text, { channel, eventId: id, ...(threadTs && { threadTs }) }).message;
  const asked = parseWords(text);
  const conversation = {
    platform: "slack" as const,
    teamId: "T0ACME",
    channelId: channel,
    threadId: threadTs ?? ts,
    messageId: ts,
  };
  const author = { id: "U0ALICE" };
  const references = findReferences(asked.text);
  return { ts, command: { v: 1, id: `slack-${id}`, ...asked, conversation, author, references, receivedAt } };
}
