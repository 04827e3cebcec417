import { shownUser } from "./channel-answers.ts";
import { type Guild, people } from "./guild.ts";
import type { Route } from "./rest.ts";

/** The application's settings, as its developer made them. */
export interface Application {
  id: string;
  verifyKey: string;
  interactionsEndpointUrl: string | null;
}

const identifiesADay = 1_000;

/** Who the bot is, and where it listens. https://discord.com/developers/docs/events/gateway#get-gateway-bot */
export function createGatewayRoutes(
  guild: Guild,
  gateway: { url: string; identifies: number },
  application: Application,
): Route[] {
  return [
    {
      operation: "get_my_application",
      pattern: "GET /applications/@me",
      auth: "bot",
      handle: () =>
        Response.json({
          id: application.id,
          name: "bugbot",
          icon: null,
          description: "",
          type: null,
          bot: shownUser(guild.bot),
          verify_key: application.verifyKey,
          flags: 0,
          flags_new: "0",
          redirect_uris: [],
          interactions_endpoint_url: application.interactionsEndpointUrl,
          role_connections_verification_url: null,
          owner: shownUser(people.alice),
          approximate_guild_count: 1,
          approximate_user_install_count: 0,
          approximate_user_authorization_count: 0,
          explicit_content_filter: 0,
          team: null,
          eligible_oauth2_scopes: [],
        }),
    },
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
