import { createChannelRoutes } from "./discord/channel-routes.ts";
import { createClock } from "./discord/clock.ts";
import { createCommands } from "./discord/command-routes.ts";
import { intents } from "./discord/gateway-dispatches.ts";
import { createGateway } from "./discord/gateway.ts";
import { type Application, createGatewayRoutes } from "./discord/gateway-routes.ts";
import { bugsChannelId, createGuild } from "./discord/guild.ts";
import { createInteractionRoutes } from "./discord/interaction-routes.ts";
import { createInteractions } from "./discord/interactions.ts";
import { createMessageRoutes } from "./discord/message-routes.ts";
import { createPeople } from "./discord/people.ts";
import { createPerson } from "./discord/person.ts";
import { createRest } from "./discord/rest.ts";
import { seenMessages, seenThread } from "./discord/seen.ts";
import { createSignature } from "./discord/signature.ts";
import { startStandIn } from "./stand-in.ts";

export { rateLimited } from "./discord/rest.ts";
export type { SignedInteraction } from "./discord/person.ts";

export interface DiscordOptions {
  botToken: string;
  applicationId?: string;
  guildId?: string;
  botUserId?: string;
  /** Default 41250, as Discord's. */
  heartbeatIntervalMs?: number;
  /** Whether the application was granted the privileged intent to read every message. Default false. */
  messageContent?: boolean;
  /** Takes channels, messages and interaction tokens it has never seen to exist. Default false. */
  acceptUnknown?: boolean;
}

/** A local stand-in for Discord: its HTTP API, its Gateway, and the people of one guild. https://discord.com/developers/docs */
export async function createDiscord(options: DiscordOptions) {
  const { botToken, heartbeatIntervalMs = 41_250, messageContent = false, acceptUnknown = false } = options;
  const {
    applicationId = "1100000000000000001",
    guildId = "1100000000000000002",
    botUserId = "1100000000000000003",
  } = options;
  const clock = createClock();
  const bot = { id: botUserId, username: "bugbot", globalName: null, isBot: true };
  const guild = createGuild({ applicationId, guildId, bot, messageContent, acceptUnknown, now: clock.now });
  const { publicKey, sign } = createSignature();
  const application: Application = { id: applicationId, verifyKey: publicKey, interactionsEndpointUrl: null };
  const commands = createCommands(guild);
  const interactions = createInteractions(guild, clock);
  const grantedIntents = messageContent ? intents.messageContent : 0;
  const gateway = await createGateway(guild, { botToken, heartbeatIntervalMs, grantedIntents });
  const routes = [
    ...createGatewayRoutes(guild, gateway, application),
    ...createChannelRoutes(guild),
    ...createMessageRoutes(guild),
    ...commands.routes,
    ...createInteractionRoutes(guild, interactions),
  ];
  const { origin, close, ...standIn } = await startStandIn(createRest(routes, { botToken, now: clock.now }));

  return {
    ...standIn,
    ...createPerson({ guild, commands, interactions, sign }),
    ...createPeople(guild),
    sign,
    /** For `DISCORD_API_URL`. */
    url: `${origin}/api/v10`,
    /** For `DISCORD_PUBLIC_KEY`, in hex. */
    publicKey,
    /** May be changed: the application's settings from now on. */
    application,
    applicationId,
    guildId,
    botUserId,
    /** The channel everything happens in unless said otherwise. */
    channelId: bugsChannelId,
    guild,
    gateway,
    commands: commands.scopes,
    /** Lets time pass for tokens, deadlines and nonces. */
    pass: (ms: number) => clock.pass(ms),
    /** Lets the 15 minutes pass in which an interaction's token is good. */
    expireInteractions: () => interactions.expire(),
    messages: (channelId: string, as?: { as?: string }) => seenMessages(guild, channelId, as),
    /** With the message it began at first. */
    thread: (threadId: string, as?: { as?: string }) => seenThread(guild, threadId, as),
    close: async () => {
      await Promise.all([close(), gateway.close()]);
    },
  };
}
export type Discord = Awaited<ReturnType<typeof createDiscord>>;
