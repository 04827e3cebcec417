import { afterEach, beforeEach } from "vitest";
import * as z from "zod";
import { createDiscord, type Discord, type DiscordOptions, type SignedInteraction } from "../discord.ts";
import { type Answer, type ApiClient, createApiClient } from "./api-client.ts";

export const botToken = "bot-token";

/** A new Discord for each test of a file, and what calls its API as the bot. What it returns starts another one in the middle of a test. */
export function useDiscord(
  set: (started: { discord: Discord; call: ApiClient; messages: string }) => void,
  options: Omit<DiscordOptions, "botToken"> = {},
) {
  let discord: Discord | undefined;
  async function start(changed: Omit<DiscordOptions, "botToken"> = {}): Promise<void> {
    await discord?.close();
    discord = await createDiscord({ botToken, ...options, ...changed });
    const messages = `/channels/${discord.channelId}/messages`;
    set({ discord, call: createApiClient(discord, botToken), messages });
  }
  beforeEach(() => start());
  afterEach(async () => {
    await discord?.close();
    discord = undefined;
  });
  return start;
}

export const bodyOf = ({ body }: SignedInteraction) => z.record(z.string(), z.unknown()).parse(JSON.parse(body));
const identified = z.object({ id: z.string() });
export const idOf = ({ body }: Answer) => identified.parse(body).id;
export const idsOf = ({ body }: Answer) =>
  z
    .array(identified)
    .parse(body)
    .map(({ id }) => id);
export const refused = (status: number, code: number) => ({ status, body: { code } });
export const button = (custom_id: string) => ({ type: 2, style: 1, label: "Retry", custom_id });
export const row = (...components: object[]) => ({ type: 1, components });
