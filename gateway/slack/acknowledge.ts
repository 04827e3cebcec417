import type { Command } from "../../shared/command.ts";
import { slackReactions, vendorTimeoutMs } from "../../shared/limits.ts";
import { createAllowance } from "../allowance.ts";

/**
 * 👀 on the message, by https://docs.slack.dev/reference/methods/reactions.add, as long as Slack takes them: in a flood the
 * last word's mark matters more. Slack's own SDK would triple the gateway's bundle.
 */
export function createAcknowledge(botToken: string, apiUrl: string) {
  const allows = createAllowance({ ...slackReactions, now: Date.now });
  return ({ conversation }: Command): Promise<void> | undefined => {
    if (conversation.platform !== "slack") return undefined;
    const { channelId, threadId, messageId } = conversation;
    // A slash command has no message; a reaction names one and no thread, and it is bugbot's own.
    if (threadId === undefined || messageId === undefined || !allows()) return undefined;
    return react(channelId, messageId);
  };

  async function react(channel: string, timestamp: string): Promise<void> {
    const response = await fetch(`${apiUrl}/reactions.add`, {
      method: "POST",
      headers: { authorization: `Bearer ${botToken}` },
      body: new URLSearchParams({ channel, timestamp, name: "eyes" }),
      signal: AbortSignal.timeout(vendorTimeoutMs),
    });
    // A body that was read to its end lets the connection serve again.
    await response.arrayBuffer();
  }
}
