import { type Anthropic, createAnthropic, type Script } from "./anthropic.ts";
import { createDiscord, type Discord } from "./discord.ts";
import { createGitHub, type GitHub } from "./github.ts";
import { createLinear, type Linear } from "./linear.ts";
import type { LocalServiceName, Variables } from "./local-settings.ts";
import { createPostHog, type PostHog } from "./posthog.ts";
import { createSlack, type Slack } from "./slack.ts";

export type ScriptedModel = Script;

/** Credentials that open the stand-ins and nothing else. */
export const standInCredentials = {
  signingSecret: "local-slack-signing-secret",
  botToken: "xoxb-local-slack-bot-token",
  discordToken: "local-discord-bot-token",
  linearKey: "local-linear-api-key",
  githubToken: "local-github-token",
  posthogKey: "local-posthog-api-key",
  anthropicKey: "local-anthropic-api-key",
};
export type StandInCredentials = typeof standInCredentials & {
  /** Opens GitHub in place of the personal token. Keys in PEM. */
  githubApp?: { id: string; privateKey: string; publicKey: string };
};

export interface StandIns {
  slack?: Slack;
  discord?: Discord;
  linear?: Linear;
  github?: GitHub;
  posthog?: PostHog;
  anthropic?: Anthropic;
  /** The variables that open them to bugbot. */
  credentials: Variables;
  /** The variables that lead bugbot to them. */
  urls: Variables;
  close: () => Promise<void>;
}

export interface StandInsOptions {
  script?: ScriptedModel | undefined;
  acceptUnknownThreads?: boolean;
  /** Whether Slack has its status line for apps. */
  assistant?: boolean | undefined;
  /** Whether bugbot is declared as an agent there. */
  agent?: boolean | undefined;
  credentials?: StandInCredentials | undefined;
}

const noScript: Script = () => [
  {
    text: "I am a scripted stand-in for the model and know only the demo's bug. Set ANTHROPIC_API_KEY in .dev.vars to use the real one.",
  },
];

/** Starts a local stand-in for each of these services. */
export async function startStandIns(
  services: readonly LocalServiceName[],
  {
    script = noScript,
    acceptUnknownThreads = false,
    assistant = true,
    agent = false,
    credentials = standInCredentials,
  }: StandInsOptions,
): Promise<StandIns> {
  const { signingSecret, botToken, discordToken, linearKey, githubToken, githubApp, posthogKey, anthropicKey } =
    credentials;
  const [slack, discord, linear, github, posthog, anthropic] = await Promise.all([
    services.includes("slack")
      ? createSlack({ signingSecret, botToken, acceptUnknownThreads, assistant, agent })
      : undefined,
    services.includes("discord")
      ? createDiscord({ botToken: discordToken, acceptUnknown: acceptUnknownThreads })
      : undefined,
    services.includes("linear") ? createLinear({ apiKey: linearKey }) : undefined,
    services.includes("github") ? createGitHub({ token: githubToken, app: githubApp }) : undefined,
    services.includes("posthog") ? createPostHog({ apiKey: posthogKey }) : undefined,
    services.includes("anthropic") ? createAnthropic({ apiKey: anthropicKey, script }) : undefined,
  ]);
  return {
    ...(slack && { slack }),
    ...(discord && { discord }),
    ...(linear && { linear }),
    ...(github && { github }),
    ...(posthog && { posthog }),
    ...(anthropic && { anthropic }),
    credentials: {
      ...(slack && { SLACK_SIGNING_SECRET: signingSecret, SLACK_BOT_TOKEN: botToken }),
      ...(discord && {
        DISCORD_PUBLIC_KEY: discord.publicKey,
        DISCORD_APPLICATION_ID: discord.applicationId,
        DISCORD_BOT_TOKEN: discordToken,
      }),
      ...(linear && { LINEAR_API_KEY: linearKey }),
      ...(github &&
        (githubApp
          ? { GITHUB_APP_ID: githubApp.id, GITHUB_APP_PRIVATE_KEY: githubApp.privateKey }
          : { GITHUB_TOKEN: githubToken })),
      ...(posthog && { POSTHOG_API_KEY: posthogKey, POSTHOG_PROJECT_ID: posthog.projectId }),
      ...(anthropic && { ANTHROPIC_API_KEY: anthropicKey }),
    },
    urls: {
      ...(slack && { SLACK_API_URL: slack.url }),
      ...(discord && { DISCORD_API_URL: discord.url }),
      ...(linear && { LINEAR_API_URL: linear.url }),
      ...(github && { GITHUB_API_URL: github.apiUrl, GITHUB_URL: github.url }),
      ...(posthog && { POSTHOG_HOST: posthog.url }),
      ...(anthropic && { ANTHROPIC_BASE_URL: anthropic.url }),
    },
    close: async () => {
      for (const standIn of [slack, discord, linear, github, posthog, anthropic]) await standIn?.close();
    },
  };
}
