import { privateKeyFault } from "./github-app-key.ts";
import { minCheckpointKeyLength } from "./limits.ts";
import { meantName } from "./misspelled.ts";
import { findFamily, modelFamilies } from "./models.ts";
import { registryHost } from "./projects.ts";
import { isEmail } from "./references/email.ts";
import { type Environment, isPatience, isPositive, list, readSettings, text, type Variable } from "./settings.ts";

export interface WrongSetting {
  /** Its name and what it must be: for everybody's eyes. */
  rule: string;
  /** What it holds, for those who set it. */
  value?: string | undefined;
}

/** What a setting must be, and whether a text is that. Of a list each item is looked at; a secret is never shown. */
interface Check {
  must: string;
  fits: (value: string) => boolean;
  isList?: boolean;
  isSecret?: boolean;
}

const anything: Check = { must: "", fits: () => true };
const secret: Check = {
  must: "must be the secret alone, without spaces or quotes",
  fits: (value) => /^[!-~]+$/.test(value) && !/["'`]/.test(value),
  isSecret: true,
};
const positive: Check = { must: "must be a number above zero", fits: isPositive };
const whole: Check = {
  must: "must be a whole number above zero",
  fits: (value) => isPositive(value) && Number.isInteger(Number(value)),
};
const address: Check = {
  must: "must be an address that begins with https:// or http://",
  fits: (value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ""),
};
const onOrOff: Check = { must: "must be on or off", fits: (value) => /^(?:on|off)$/i.test(value) };
const users: Check = {
  must: "must hold user ids",
  fits: (value) => /^(?:[UW][A-Z0-9]+|\d+)$/.test(value),
  isList: true,
};

/** Of every setting but the key, and the two that make rules. */
const checks: Record<
  Exclude<Variable, "BUGBOT_ALLOWED_PATHS" | "BUGBOT_PROJECTS" | "GITHUB_APP_PRIVATE_KEY">,
  Check
> = {
  SLACK_SIGNING_SECRET: secret,
  SLACK_BOT_TOKEN: {
    must: "must be a bot's token, xoxb-…, and nothing else",
    fits: (value) => /^(?:xoxe\.)?xoxb-[\w.-]+$/.test(value),
    isSecret: true,
  },
  SLACK_API_URL: address,
  DISCORD_PUBLIC_KEY: { must: "must be 64 hex digits", fits: (value) => /^[\da-f]{64}$/i.test(value), isSecret: true },
  DISCORD_APPLICATION_ID: { must: "must be the application's id, a number", fits: (value) => /^\d+$/.test(value) },
  DISCORD_BOT_TOKEN: secret,
  DISCORD_API_URL: address,
  DISCORD_MENTIONS: onOrOff,
  LINEAR_API_KEY: secret,
  LINEAR_TEAM_KEY: { must: "must be a team's key, such as BUG", fits: (value) => /^\w+$/.test(value) },
  LINEAR_CHANNEL_TEAMS: { must: "must hold channel=TEAM", fits: (value) => /^\w+=\w+$/.test(value), isList: true },
  LINEAR_API_URL: address,
  GITHUB_TOKEN: secret,
  GITHUB_APP_ID: {
    must: "must be the App's id, a number, or its client id",
    fits: (value) => /^(?:\d+|Iv[\w.]+)$/.test(value),
  },
  GITHUB_API_URL: address,
  GITHUB_URL: address,
  POSTHOG_API_KEY: {
    must: "must be a personal API key, phx_…, not the project's",
    fits: (value) => secret.fits(value) && !value.startsWith("phc_"),
    isSecret: true,
  },
  POSTHOG_PROJECT_ID: { must: "must be the number in the project's URL", fits: (value) => /^\d+$/.test(value) },
  POSTHOG_HOST: address,
  ANTHROPIC_API_KEY: secret,
  ANTHROPIC_BASE_URL: address,
  BUGBOT_ADMIN_KEY: secret,
  EVIDENCE_SHOW_EMAILS: onOrOff,
  BUGBOT_REPO: { must: "must be owner/name", fits: (value) => /^[\w.-]+\/[\w.-]+$/.test(value) },
  BUGBOT_ALLOWED_REPOS: {
    must: "must hold owner/name, owner/* or *",
    fits: (value) => /^([\w.-]+\/([\w.-]+|\*)|\*)$/.test(value),
    isList: true,
  },
  BUGBOT_ALLOWED_WORKSPACES: {
    must: "must hold ids of Slack teams or Discord servers, @me or *",
    fits: (value) => /^(?:[TE][A-Z0-9]+|\d+|@me|\*)$/.test(value),
    isList: true,
  },
  BUGBOT_ALLOWED_BOTS: {
    must: "must hold ids of bots",
    fits: (value) => /^(?:[ABUW][A-Z0-9]+|\d+)$/.test(value),
    isList: true,
  },
  BUGBOT_OPERATORS: {
    must: "must hold user ids or *",
    fits: (value) => value === "*" || users.fits(value),
    isList: true,
  },
  BUGBOT_MAX_RUNNING: whole,
  BUGBOT_VERIFY: anything,
  BUGBOT_MAX_USD: positive,
  BUGBOT_MAX_USD_PER_USER_MONTH: positive,
  BUGBOT_MAX_USD_PER_WORKSPACE_MONTH: positive,
  BUGBOT_MODEL: { must: `must be ${modelFamilies.join(", ")}`, fits: (value) => findFamily(value) !== undefined },
  BUGBOT_ALLOWED_REGISTRIES: {
    must: "must hold hosts, without https:// and without a path",
    fits: (value) => registryHost.test(value),
    isList: true,
  },
  BUGBOT_MAX_TURNS: whole,
  BUGBOT_MAX_MINUTES: positive,
  BUGBOT_PATIENCE_SECONDS: { must: "must be a number of seconds, or 0", fits: isPatience },
  BUGBOT_APPROVAL: { must: "must be fix or off", fits: (value) => value === "fix" || value === "off" },
  BUGBOT_APPROVERS: users,
  BUGBOT_COAUTHORS: {
    must: "must hold user=address",
    fits: (value) => /^\w+=/.test(value) && isEmail(value.replace(/^\w+=/, "")),
    isList: true,
  },
  BUGBOT_CHECKPOINT_KEY: {
    must: `must have ${minCheckpointKeyLength} characters or more: openssl rand -hex 32`,
    fits: (value) => value.length >= minCheckpointKeyLength,
    isSecret: true,
  },
  SESSION_TTL_DAYS: positive,
  EXECUTOR_URL: address,
  EXECUTOR_TOKEN: secret,
  EGRESS_URL: address,
};

const settingNames = Object.keys(readSettings({}));
/** Those of `npm start` and of `npx bugbot`, which `.dev.vars` may hold too. */
const otherNames = ["BUGBOT_PORT", "BUGBOT_URL", "BUGBOT_API_KEY"];
const names = [...settingNames, ...otherNames];

/** What is wrong with single variables, by their names and values. */
export function wrongVariables(env: object): WrongSetting[] {
  const given: Environment = { ...env };
  const { GITHUB_APP_PRIVATE_KEY } = readSettings(env);
  const values = Object.entries(checks).flatMap(([name, { must, fits, isList, isSecret }]): WrongSetting[] => {
    const items = isList ? list(given[name]) : [text(given[name])].filter((value) => value !== undefined);
    const wrong = items.filter((value) => !fits(value));
    return wrong.map((value) => ({ rule: `${name} ${must}`, ...(!isSecret && { value }) }));
  });
  const key = GITHUB_APP_PRIVATE_KEY === undefined ? undefined : privateKeyFault(GITHUB_APP_PRIVATE_KEY);
  const rules = [
    ...names.filter((name) => !isText(given[name])).map((name) => `${name} must be text`),
    ...(key === undefined ? [] : [key]),
    ...unknownNames(given).flatMap((name) => misspelling(name) ?? []),
  ];
  return [...values, ...rules.map((rule) => ({ rule }))];
}

/** Bindings are objects, and so is what `[vars]` holds as a table or a list. */
function isText(value: unknown): boolean {
  return value === undefined || typeof value === "string" || typeof value === "number";
}

/** Variables that are none of bugbot's. */
export function unknownNames(env: Environment): string[] {
  return Object.keys(env).filter((name) => text(env[name]) !== undefined && !names.includes(name));
}

/** What is wrong with a name that is none of bugbot's; undefined where it is not meant to be one either. */
function misspelling(name: string): string | undefined {
  const meant = meantName(name, names);
  if (meant !== undefined) return `${name} is no setting, and is probably meant to be ${meant}`;
  return /^(?:BUGBOT|EVIDENCE)_/.test(name) ? `${name} is no setting of bugbot` : undefined;
}
