import type { Command } from "../../shared/command.ts";

/** What a message of bugbot's is to its command: the question in its name, the status and last word, or what did not fit into that. */
export type PostedRole = "asked" | "status" | `more ${number}`;

export function slackConversation({ conversation }: Command) {
  if (conversation.platform !== "slack") throw new TypeError(`not a Slack conversation: ${conversation.platform}`);
  return conversation;
}
