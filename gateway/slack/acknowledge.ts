import type { Command } from "../../shared/command.ts";
import { vendorTimeoutMs } from "../../shared/limits.ts";

/** 👀 on the message, by https://docs.slack.dev/reference/methods/reactions.add. Slack's own SDK would triple the gateway's bundle. */
export function createAcknowledge(botToken: string, apiUrl: string) {
  return async ({ conversation }: Command): Promise<void> => {
    if (conversation.platform !== "slack") return;
    const { channelId, messageId } = conversation;
    const response = await fetch(`${apiUrl}/reactions.add`, {
      method: "POST",
      headers: { authorization: `Bearer ${botToken}` },
      body: new URLSearchParams({ channel: channelId, timestamp: messageId, name: "eyes" }),
      signal: AbortSignal.timeout(vendorTimeoutMs),
    });
    await response.body?.cancel();
  };
}
