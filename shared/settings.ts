import { readPem } from "./github-app-key.ts";
import { defaultModel, runLimits, sessionTtlDays, vendorPatienceSeconds, workLimits } from "./limits.ts";
import { findFamily } from "./models.ts";
import { readProjects } from "./projects.ts";

export type Environment = Readonly<Record<string, unknown>>;

/** A variable set to nothing counts as not set. Wrangler's `[vars]` may hold numbers. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value).trim() || undefined : undefined;
}

/** Commas or spaces stand between items, but not inside a glob's braces. */
export function list(value: unknown): string[] {
  const items = [""];
  let depth = 0;
  for (const char of text(value) ?? "") {
    if (char === "{") depth++;
    if (char === "}") depth--;
    if (depth <= 0 && /[\s,]/.test(char)) items.push("");
    else items.push(items.pop() + char);
  }
  return items.filter(Boolean);
}

function url(value: unknown, fallback: string): string {
  return (text(value) ?? fallback).replace(/\/+$/, "");
}

/** A typing error lets nothing through: whatever is set asks for approval, and is named by `wrongVariables`. */
function approval(value: string | undefined): "fix" | undefined {
  return value === undefined || value === "off" ? undefined : "fix";
}

/** Anything but a number above zero is the default here, and named by `wrongVariables`. */
function positive(value: unknown, fallback: number): number {
  return isPositive(text(value)) ? Number(value) : fallback;
}
function whole(value: unknown, fallback: number): number {
  return Number.isInteger(Number(text(value))) ? positive(value, fallback) : fallback;
}
/** What was meant as a limit and is none lets nothing through. */
function limit(value: unknown): number | undefined {
  return text(value) === undefined ? undefined : positive(value, 0);
}
/** Unlike other limits it may be 0: then nothing is tried more than three times. */
function patience(value: string | undefined): number {
  return isPatience(value) ? Number(value) : vendorPatienceSeconds;
}
export function isPatience(value: string | undefined): boolean {
  return value === "0" || isPositive(value);
}
export function isPositive(value: string | undefined): boolean {
  return Number(value) > 0 && Number.isFinite(Number(value));
}

/** The variables of README's table, out of everything a Worker is bound to. Base URLs come without a trailing slash. */
export function readSettings(given: object) {
  const env: Environment = { ...given };
  return {
    SLACK_SIGNING_SECRET: text(env["SLACK_SIGNING_SECRET"]),
    SLACK_BOT_TOKEN: text(env["SLACK_BOT_TOKEN"]),
    SLACK_API_URL: url(env["SLACK_API_URL"], "https://slack.com/api"),
    DISCORD_PUBLIC_KEY: text(env["DISCORD_PUBLIC_KEY"]),
    DISCORD_APPLICATION_ID: text(env["DISCORD_APPLICATION_ID"]),
    DISCORD_BOT_TOKEN: text(env["DISCORD_BOT_TOKEN"]),
    DISCORD_API_URL: url(env["DISCORD_API_URL"], "https://discord.com/api/v10"),
    /** `off`: no socket is held, and only `@mention` is missed. */
    DISCORD_MENTIONS: text(env["DISCORD_MENTIONS"]),
    LINEAR_API_KEY: text(env["LINEAR_API_KEY"]),
    LINEAR_TEAM_KEY: text(env["LINEAR_TEAM_KEY"]),
    /** Teams of single channels: `C0WEB=WEB`. */
    LINEAR_CHANNEL_TEAMS: list(env["LINEAR_CHANNEL_TEAMS"]),
    LINEAR_API_URL: url(env["LINEAR_API_URL"], "https://api.linear.app/graphql"),
    GITHUB_TOKEN: text(env["GITHUB_TOKEN"]),
    GITHUB_APP_ID: text(env["GITHUB_APP_ID"]),
    /** PEM, however its line ends came here. */
    GITHUB_APP_PRIVATE_KEY: readPem(text(env["GITHUB_APP_PRIVATE_KEY"])),
    GITHUB_API_URL: url(env["GITHUB_API_URL"], "https://api.github.com"),
    GITHUB_URL: url(env["GITHUB_URL"], "https://github.com"),
    POSTHOG_API_KEY: text(env["POSTHOG_API_KEY"]),
    POSTHOG_PROJECT_ID: text(env["POSTHOG_PROJECT_ID"]),
    POSTHOG_HOST: url(env["POSTHOG_HOST"], "https://us.posthog.com"),
    ANTHROPIC_API_KEY: text(env["ANTHROPIC_API_KEY"]),
    ANTHROPIC_BASE_URL: url(env["ANTHROPIC_BASE_URL"], "https://api.anthropic.com"),
    /** Opens `/api` before there is any other key. */
    BUGBOT_ADMIN_KEY: text(env["BUGBOT_ADMIN_KEY"]),
    /** `on`: Linear shows whole e-mail addresses. Chat never does. */
    EVIDENCE_SHOW_EMAILS: text(env["EVIDENCE_SHOW_EMAILS"]),
    BUGBOT_REPO: text(env["BUGBOT_REPO"]),
    BUGBOT_ALLOWED_REPOS: list(env["BUGBOT_ALLOWED_REPOS"]),
    BUGBOT_ALLOWED_WORKSPACES: list(env["BUGBOT_ALLOWED_WORKSPACES"]),
    /** Other bots that may ask, by their ids. */
    BUGBOT_ALLOWED_BOTS: list(env["BUGBOT_ALLOWED_BOTS"]),
    /** People whom no limit of rates holds back, by their ids. */
    BUGBOT_OPERATORS: list(env["BUGBOT_OPERATORS"]),
    /** How much may run in one workspace at once. */
    BUGBOT_MAX_RUNNING: whole(env["BUGBOT_MAX_RUNNING"], workLimits.running),
    BUGBOT_ALLOWED_PATHS: list(env["BUGBOT_ALLOWED_PATHS"]),
    /** The shell command that proves a fix. */
    BUGBOT_VERIFY: text(env["BUGBOT_VERIFY"]),
    /** What one run of the agent may cost, how often it may speak, and how long it may take. */
    BUGBOT_MAX_USD: positive(env["BUGBOT_MAX_USD"], runLimits.maxCostUsd),
    /** What all runs that begin in a calendar month (UTC) may cost, of one person and of one workspace. */
    BUGBOT_MAX_USD_PER_USER_MONTH: limit(env["BUGBOT_MAX_USD_PER_USER_MONTH"]),
    BUGBOT_MAX_USD_PER_WORKSPACE_MONTH: limit(env["BUGBOT_MAX_USD_PER_WORKSPACE_MONTH"]),
    BUGBOT_MODEL: findFamily(text(env["BUGBOT_MODEL"]) ?? "") ?? defaultModel,
    /** Hosts of package registries that a run may read from. */
    BUGBOT_ALLOWED_REGISTRIES: list(env["BUGBOT_ALLOWED_REGISTRIES"]),
    /** What holds for single repositories in place of the lists, the command and the model for all: JSON. */
    BUGBOT_PROJECTS: readProjects(text(env["BUGBOT_PROJECTS"])),
    BUGBOT_MAX_TURNS: whole(env["BUGBOT_MAX_TURNS"], runLimits.maxTurns),
    BUGBOT_MAX_MINUTES: positive(env["BUGBOT_MAX_MINUTES"], runLimits.maxMinutes),
    /** How long a vendor that does not answer is waited for before a command gives up. */
    BUGBOT_PATIENCE_SECONDS: patience(text(env["BUGBOT_PATIENCE_SECONDS"])),
    /** `fix`: somebody else approves a fix before it is worked on; `off` or nothing: nobody has to. */
    BUGBOT_APPROVAL: approval(text(env["BUGBOT_APPROVAL"])),
    /** Who may approve, by their ids; nobody listed: anybody but the asker. */
    BUGBOT_APPROVERS: list(env["BUGBOT_APPROVERS"]),
    /** The e-mail addresses by which commits name who asked: `U0ALICE=alice@example.com`. */
    BUGBOT_COAUTHORS: list(env["BUGBOT_COAUTHORS"]),
    /** Seals what a conversation keeps between its runs; without it nothing is kept. */
    BUGBOT_CHECKPOINT_KEY: text(env["BUGBOT_CHECKPOINT_KEY"]),
    SESSION_TTL_DAYS: positive(env["SESSION_TTL_DAYS"], sessionTtlDays),
    EXECUTOR_URL: text(env["EXECUTOR_URL"]),
    /** What opens the container server at that address, where it was started with one. */
    EXECUTOR_TOKEN: text(env["EXECUTOR_TOKEN"]),
    EGRESS_URL: text(env["EGRESS_URL"]),
  };
}
export type Settings = ReturnType<typeof readSettings>;

export type Variable = keyof Settings;

/** What each service needs to be on, one list for each way. The signing secret is the gateway's alone. */
export const requiredByGateway = {
  discord: ["DISCORD_PUBLIC_KEY", "DISCORD_APPLICATION_ID", "DISCORD_BOT_TOKEN"],
  slack: ["SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN"],
} as const;
export const requiredByConsumer = {
  discord: [["DISCORD_BOT_TOKEN"]],
  slack: [["SLACK_BOT_TOKEN"]],
  linear: [["LINEAR_API_KEY"]],
  github: [["GITHUB_TOKEN"], ["GITHUB_APP_ID", "GITHUB_APP_PRIVATE_KEY"]],
  posthog: [["POSTHOG_API_KEY", "POSTHOG_PROJECT_ID"]],
  anthropic: [["ANTHROPIC_API_KEY"]],
} as const;

export type ServiceState =
  | { state: "on" }
  /** None of its variables is set: `turnOn` names them. */
  | { state: "off"; turnOn: readonly string[] }
  /** Only some are set, which is a mistake: `missing` names the others. */
  | { state: "incomplete"; missing: readonly string[] };

/** Whether all, none or only some of the variables are set. Any of several `ways` turns the service on; one begun must be whole. */
export function serviceState(settings: Settings, ...ways: readonly (readonly Variable[])[]): ServiceState {
  const lacking = ways.map((required) => required.filter((name) => !settings[name]));
  const begun = lacking.find((missing, way) => missing.length > 0 && missing.length < (ways[way]?.length ?? 0));
  if (begun) return { state: "incomplete", missing: begun };
  return lacking.some((missing) => missing.length === 0) ? { state: "on" } : { state: "off", turnOn: ways[0] ?? [] };
}

/** Every value that must not leave a Worker. */
export function secretsOf(settings: Settings): string[] {
  return [
    settings.SLACK_SIGNING_SECRET,
    settings.SLACK_BOT_TOKEN,
    settings.DISCORD_BOT_TOKEN,
    settings.LINEAR_API_KEY,
    settings.GITHUB_TOKEN,
    // Line by line: no log or message holds the key as it was written.
    ...(settings.GITHUB_APP_PRIVATE_KEY?.split(/\r?\n/).filter((line) => !line.startsWith("-----")) ?? []),
    settings.POSTHOG_API_KEY,
    settings.ANTHROPIC_API_KEY,
    settings.BUGBOT_ADMIN_KEY,
    settings.BUGBOT_CHECKPOINT_KEY,
    settings.EXECUTOR_TOKEN,
  ].filter((value) => value !== undefined);
}
