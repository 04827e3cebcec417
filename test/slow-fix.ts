import type { World } from "./world.ts";

/** Asks in Slack for a fix whose agent works until it is stopped, and waits until it is at work. Answers the message. */
export async function askSlowFix(world: World, eventId: string) {
  const { body, headers, message } = world.slack.mention(`fix https://github.com/acme/shop case-slow ${eventId}`, {
    channel: world.channel,
    eventId,
  });
  await world.post(body, headers);
  await world.until(() => world.anthropic.requests.find(({ body: sent }) => JSON.stringify(sent).includes(eventId)));
  return message;
}
