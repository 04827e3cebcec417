import { discordUserAgent } from "../../shared/user-agent.ts";
import type { Command } from "../../shared/command.ts";
import { vendorTimeoutMs } from "../../shared/limits.ts";

/** https://discord.com/developers/docs/reference#user-agent */
const eyes = encodeURIComponent("👀");

/**
 * 👀 on the message of a mention, by https://discord.com/developers/docs/resources/message#create-reaction.
 * An interaction has its sign already: the deferred answer. Throws when Discord refuses.
 */
export function createAcknowledge(botToken: string | undefined, apiUrl: string, send: typeof fetch = fetch) {
  return async ({ conversation }: Command): Promise<void> => {
    if (conversation.platform !== "discord" || conversation.interaction || !conversation.messageId || !botToken) return;
    const { threadId, channelId, messageId } = conversation;
    const path = `/channels/${threadId ?? channelId}/messages/${messageId}/reactions/${eyes}/@me`;
    const response = await send(`${apiUrl}${path}`, {
      method: "PUT",
      headers: { authorization: `Bot ${botToken}`, "user-agent": discordUserAgent },
      redirect: "manual",
      signal: AbortSignal.timeout(vendorTimeoutMs),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`Discord answered ${response.status} to the 👀`);
  };
}
