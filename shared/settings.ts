import * as z from "zod/mini";
import { runLimits } from "./limits.ts";

/** A variable set to nothing counts as not set. */
const text = z.optional(
  z.pipe(
    z.string(),
    z.transform((value) => value.trim() || undefined),
  ),
);
const list = z.pipe(
  text,
  z.transform(
    (value): string[] =>
      // Commas or spaces stand between items, but not inside a glob's braces.
      (value ?? "").match(/(?:[^\s,{]|\{[^}]*\}|\{)+/g) ?? [],
  ),
);
const url = (fallback: string) =>
  z.pipe(
    text,
    z.transform((value) => (value ?? fallback).replace(/\/+$/, "")),
  );

/** A number above zero. Anything else is the default here, and named by `invalidSettings`. */
const positive = (fallback: number) =>
  z.pipe(
    text,
    z.transform((value) => (isPositive(value) ? Number(value) : fallback)),
  );
function isPositive(value: string | undefined): boolean {
  return Number(value) > 0 && Number.isFinite(Number(value));
}

/** The variables of README's table, read from a Worker's environment. Base URLs come without a trailing slash. */
export const settingsSchema = z.object({
  SLACK_SIGNING_SECRET: text,
  SLACK_BOT_TOKEN: text,
  SLACK_API_URL: url("https://slack.com/api"),
  DISCORD_PUBLIC_KEY: text,
  DISCORD_APPLICATION_ID: text,
  DISCORD_BOT_TOKEN: text,
  DISCORD_API_URL: url("https://discord.com/api/v10"),
  /** `off`: no socket is held, and only `@mention` is missed. */
  DISCORD_MENTIONS: text,
  LINEAR_API_KEY: text,
  LINEAR_TEAM_KEY: text,
  LINEAR_API_URL: url("https://api.linear.app/graphql"),
  GITHUB_TOKEN: text,
  GITHUB_API_URL: url("https://api.github.com"),
  GITHUB_URL: url("https://github.com"),
  ANTHROPIC_API_KEY: text,
  ANTHROPIC_BASE_URL: url("https://api.anthropic.com"),
  BUGBOT_REPO: text,
  BUGBOT_ALLOWED_REPOS: list,
  BUGBOT_ALLOWED_WORKSPACES: list,
  BUGBOT_ALLOWED_PATHS: list,
  /** What one run of the agent may cost, how often it may speak, and how long it may take. */
  BUGBOT_MAX_USD: positive(runLimits.maxCostUsd),
  BUGBOT_MAX_TURNS: positive(runLimits.maxTurns),
  BUGBOT_MAX_MINUTES: positive(runLimits.maxMinutes),
  EXECUTOR_URL: text,
  EGRESS_URL: text,
});
export type Settings = z.infer<typeof settingsSchema>;

/** Reads the variables out of everything a Worker is bound to. */
export function readSettings(env: object): Settings {
  return settingsSchema.parse(env);
}

type Variable = keyof Settings;

/** What each service needs to be on. The signing secret is the gateway's alone. */
export const requiredByGateway = {
  discord: ["DISCORD_PUBLIC_KEY", "DISCORD_APPLICATION_ID", "DISCORD_BOT_TOKEN"],
  slack: ["SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN"],
} as const;
export const requiredByConsumer = {
  discord: ["DISCORD_BOT_TOKEN"],
  slack: ["SLACK_BOT_TOKEN"],
  linear: ["LINEAR_API_KEY"],
  github: ["GITHUB_TOKEN"],
  anthropic: ["ANTHROPIC_API_KEY"],
} as const;

export const serviceStateSchema = z.discriminatedUnion("state", [
  z.object({ state: z.literal("on") }),
  /** None of its variables is set: `turnOn` names them. */
  z.object({ state: z.literal("off"), turnOn: z.readonly(z.array(z.string())) }),
  /** Only some are set, which is a mistake: `missing` names the others. */
  z.object({ state: z.literal("incomplete"), missing: z.readonly(z.array(z.string())) }),
]);
export type ServiceState = z.infer<typeof serviceStateSchema>;

/** Whether all, none or only some of the variables are set. */
export function serviceState(settings: Settings, required: readonly Variable[]): ServiceState {
  const missing = required.filter((name) => !settings[name]);
  if (missing.length === 0) return { state: "on" };
  return missing.length === required.length ? { state: "off", turnOn: required } : { state: "incomplete", missing };
}

/** Every value that must not leave a Worker. */
export function secretsOf(settings: Settings): string[] {
  return [
    settings.SLACK_SIGNING_SECRET,
    settings.SLACK_BOT_TOKEN,
    settings.DISCORD_BOT_TOKEN,
    settings.LINEAR_API_KEY,
    settings.GITHUB_TOKEN,
    settings.ANTHROPIC_API_KEY,
  ].filter((value) => value !== undefined);
}

const numbers = ["BUGBOT_MAX_USD", "BUGBOT_MAX_TURNS", "BUGBOT_MAX_MINUTES"] as const;
/** In the documentation's table, but not in this version. */
const unsupported = ["GITHUB_APP_ID", "GITHUB_APP_PRIVATE_KEY"] as const;

/** What is wrong with a Worker's variables, a sentence each; a service that is set up by half is found by `serviceState`. */
export function invalidSettings(env: object): string[] {
  const given: Record<string, unknown> = { ...env };
  const wrong = numbers.flatMap((name) => {
    const value = text.safeParse(given[name]).data;
    return value !== undefined && !isPositive(value) ? [`${name} must be a number above zero, not ${value}`] : [];
  });
  const early = unsupported
    .filter((name) => given[name])
    .map((name) => `${name} is not supported yet: use GITHUB_TOKEN`);
  return [...wrong, ...early];
}
