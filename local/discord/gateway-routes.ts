import { shownUser } from "./channel-answers.ts";
import type { Guild } from "./guild.ts";
import type { Route } from "./rest.ts";

const identifiesADay = 1_000;

/** Who the bot is, and where it listens. https://discord.com/developers/docs/events/gateway#get-gateway-bot */
export function createGatewayRoutes(guild: Guild, gateway: { url: string; identifies: number }): Route[] {
  return [
    {
      operation: "get_my_user",
      pattern: "GET /users/@me",
      auth: "bot",
      handle: () =>
        Response.json({ ...shownUser(guild.bot), mfa_enabled: false, locale: "en-US", verified: true, email: null }),
    },
    {
      operation: "get_gateway",
      pattern: "GET /gateway",
      auth: "none",
      handle: () => Response.json({ url: gateway.url }),
    },
    {
      operation: "get_bot_gateway",
      pattern: "GET /gateway/bot",
      auth: "bot",
      handle: () => {
        const remaining = Math.max(0, identifiesADay - gateway.identifies);
        const limit = { total: identifiesADay, remaining, reset_after: 86_400_000, max_concurrency: 1 };
        return Response.json({ url: gateway.url, shards: 1, session_start_limit: limit });
      },
    },
  ];
}
