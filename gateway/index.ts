import { env as globalEnv } from "cloudflare:workers";
import * as z from "zod/mini";
import { createLog } from "../shared/log.ts";
import { logThrown, logUnhandled } from "../shared/log-thrown.ts";
import { readSettings, requiredByGateway, secretsOf, serviceState } from "../shared/settings.ts";
import { createGateway } from "./gateway.ts";
import { createHealth } from "./health.ts";
import { createHoldFlood } from "./hold-flood.ts";
import type { Door } from "./platform.ts";
import { createTake } from "./take.ts";

export { DiscordMentions } from "./discord/mentions.ts";

function wire(env: Env) {
  const settings = readSettings(env);
  const log = createLog("gateway", secretsOf(settings));
  const slack: Door = {
    name: "Slack",
    prefix: "/slack",
    state: serviceState(settings, requiredByGateway.slack),
    open: once(async () => {
      const { createSlack } = await import("./slack/slack.ts");
      return createSlack({
        signingSecret: settings.SLACK_SIGNING_SECRET ?? "",
        botToken: settings.SLACK_BOT_TOKEN ?? "",
        apiUrl: settings.SLACK_API_URL,
        allowedBots: settings.BUGBOT_ALLOWED_BOTS,
      });
    }),
  };
  const discord: Door = {
    name: "Discord",
    prefix: "/discord",
    state: serviceState(settings, requiredByGateway.discord),
    open: once(async () => {
      const { createDiscord } = await import("./discord/discord.ts");
      const { createLimitedSuggest } = await import("./discord/limit-suggest.ts");
      return createDiscord({
        publicKey: settings.DISCORD_PUBLIC_KEY ?? "",
        botToken: settings.DISCORD_BOT_TOKEN,
        apiUrl: settings.DISCORD_API_URL,
        suggest: createLimitedSuggest(env.TYPING, async ({ kind, typed, workspace }) => {
          const query = new URLSearchParams({ kind, typed, workspace });
          const response = await env.CONSUMER.fetch(`http://consumer/suggest?${query.toString()}`);
          return z.array(z.object({ name: z.string(), value: z.string() })).parse(await response.json());
        }),
      });
    }),
  };
  const doors = [slack, discord];
  return createGateway({
    doors,
    take: createTake({
      enqueue: (command) => env.COMMANDS.send(command),
      holdFlood: createHoldFlood({ limiter: env.FLOOD, operators: settings.BUGBOT_OPERATORS }),
      now: Date.now,
      log,
    }),
    health: createHealth({
      doors: doors.map(({ name, state }) => ({ name, state })),
      consumer: () => env.CONSUMER.fetch("http://consumer/health"),
      wrongSettings: once(async () => {
        const { wrongVariables } = await import("../shared/check-settings.ts");
        return wrongVariables(env).map(({ rule }) => rule);
      }),
      mentions: async () => (hearsMentions(env) ? mentions(env).state() : undefined),
      now: Date.now,
    }),
    operate: (request) => env.CONSUMER.fetch(request),
    now: Date.now,
    log,
  });
}

/** Discord's socket is wanted wherever Discord is set up, unless it is switched off. */
function hearsMentions(env: Env): boolean {
  const settings = readSettings(env);
  return (
    serviceState(settings, requiredByGateway.discord).state === "on" &&
    settings.DISCORD_MENTIONS?.toLowerCase() !== "off"
  );
}

/** The one object that holds the socket, however many isolates ask for it. */
function mentions(env: Env) {
  return env.DISCORD_SOCKET.getByName("discord");
}

/** Each half of the gateway is loaded by its platform's first request: most isolates only ever hear one of them. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => (loaded ??= load());
}

let app: ReturnType<typeof createGateway> | undefined;

const worker = "gateway";
logUnhandled(worker, globalEnv);

export default {
  fetch: (request, env, context) =>
    logThrown({ worker, env, handler: "fetch" }, () => (app ??= wire(env)).fetch(request, env, context)),
  /** Starts the socket and watches it. */
  scheduled: (_controller, env) => logThrown({ worker, env, handler: "scheduled" }, () => mentions(env).ensure()),
} satisfies ExportedHandler<Env>;
