import type { Discord } from "./discord.ts";
import type { Slack } from "./slack.ts";
import type { Chat } from "./story.ts";

export const platforms = ["slack", "discord"] as const;

interface Asked {
  commandId: string;
  /** What was said, once it is over. */
  chat: () => Chat;
}

/** A person mentions bugbot in a channel: Slack sends the event to the gateway. */
export async function askInSlack(slack: Slack, gatewayUrl: string, text: string): Promise<Asked> {
  const channel = "C0BUGS";
  const eventId = "EvDEMO";
  const { path, body, headers, message } = slack.mention(text, { channel, eventId });
  const answer = await fetch(`${gatewayUrl}${path}`, { method: "POST", body, headers });
  if (!answer.ok) throw new Error(`the gateway answered ${answer.status}: ${await answer.text()}`);
  const chat = () => ({
    title: "The thread in Slack",
    thread: slack.thread(channel, message.ts),
    firstWordsAt: slack.requests.find(({ operation }) => operation === "chat.postMessage")?.at,
    lastWordAt: slack.requests.findLast(({ operation }) => operation === "chat.update")?.at,
  });
  return { commandId: `slack-${eventId}`, chat };
}

/** A person mentions bugbot in a channel: Discord sends the message over the Gateway's socket. */
export function askInDiscord(discord: Discord, text: string): Asked {
  const message = discord.say(text, { mentionBot: true });
  const chat = () => ({
    title: "The thread in Discord",
    thread: discord.thread(message.id),
    firstWordsAt: discord.requests.find(({ operation }) => operation === "create_message")?.at,
    lastWordAt: discord.requests.findLast(({ operation }) => operation === "update_message")?.at,
  });
  return { commandId: `discord-${message.id}`, chat };
}
