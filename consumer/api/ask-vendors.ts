import type { Finding } from "../../shared/api.ts";
import * as z from "zod/mini";
import { Failure } from "../../shared/failure.ts";
import { vendorTimeoutMs } from "../../shared/limits.ts";
import { slackScopes } from "../../shared/slack-scopes.ts";
import { discordUserAgent } from "../../shared/user-agent.ts";
import type { Outside } from "../needs.ts";
import { ok, problem, warning } from "./finding.ts";

/** Asks each vendor that is set up whether its credential is good. Nothing is changed there, and nothing costs. */
export function askVendors({ settings, linear, github }: Outside): Promise<Finding>[] {
  const { SLACK_BOT_TOKEN, DISCORD_BOT_TOKEN, ANTHROPIC_API_KEY } = settings;
  return [
    ...(SLACK_BOT_TOKEN ? [check("Slack", () => askSlack(settings.SLACK_API_URL, SLACK_BOT_TOKEN))] : []),
    ...(DISCORD_BOT_TOKEN ? [check("Discord", () => askDiscord(settings.DISCORD_API_URL, DISCORD_BOT_TOKEN))] : []),
    ...(linear ? [check("Linear", () => askLinear(linear, settings.LINEAR_TEAM_KEY))] : []),
    ...(github ? [check("GitHub", () => askGitHub(github, settings.BUGBOT_REPO))] : []),
    ...(ANTHROPIC_API_KEY ? [check("the model", () => askModel(settings.ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY))] : []),
  ];
}

async function check(service: string, ask: () => Promise<Finding>): Promise<Finding> {
  try {
    return { ...(await ask()), check: `token: ${service}` };
  } catch (error) {
    const detail = error instanceof Failure ? error.reply : `${service} does not answer.`;
    return problem(
      `token: ${service}`,
      detail,
      `Look at ${service}'s status page and at its variables in README.md's table.`,
    );
  }
}

async function askSlack(apiUrl: string, token: string): Promise<Finding> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await get(`${apiUrl}/auth.test`, { method: "POST", headers });
  const { ok: isOk, team, error } = authSchema.parse(await response.json());
  if (!isOk)
    return problem(
      "",
      `Slack refuses it (${error})`,
      "Install the app again, and set SLACK_BOT_TOKEN on both Workers.",
    );
  const given = response.headers.get("x-oauth-scopes")?.split(/[\s,]+/);
  if (!given) return ok("", `good for ${team}; its scopes were not said`);
  const missing = slackScopes.filter((scope) => !given.includes(scope));
  if (missing.length === 0) return ok("", `good for ${team}, with every scope`);
  return problem(
    "",
    `lacks ${missing.join(", ")}`,
    "Paste `npx bugbot slack manifest` into the app, and install it again.",
  );
}
const authSchema = z.object({ ok: z.boolean(), team: z.optional(z.string()), error: z.optional(z.string()) });

async function askDiscord(apiUrl: string, token: string): Promise<Finding> {
  const response = await get(`${apiUrl}/users/@me`, {
    headers: { authorization: `Bot ${token}`, "user-agent": discordUserAgent },
  });
  if (response.ok) return ok("", "good");
  return problem(
    "",
    `Discord refuses it (HTTP ${response.status})`,
    "Reset the bot's token, and set DISCORD_BOT_TOKEN on both Workers.",
  );
}

async function askLinear(linear: NonNullable<Outside["linear"]>, teamKey: string | undefined): Promise<Finding> {
  if (await linear.team(teamKey)) return ok("", `good, and sees ${teamKey ? `the team ${teamKey}` : "a team"}`);
  return problem(
    "",
    `it sees no team${teamKey ? ` ${teamKey}` : ""}`,
    "Check LINEAR_TEAM_KEY, and which teams the key's owner is in.",
  );
}

async function askGitHub(github: NonNullable<Outside["github"]>, repository: string | undefined): Promise<Finding> {
  if (repository === undefined)
    return warning("", "not tried: BUGBOT_REPO is not set", "Set BUGBOT_REPO to have it tried there.");
  if (await github.repository(repository)) return ok("", `good, and sees ${repository}`);
  return problem("", `it does not see ${repository}`, "Give it that repository, or change BUGBOT_REPO.");
}

/** https://docs.anthropic.com/en/api/models-list: costs nothing. */
async function askModel(baseUrl: string, key: string): Promise<Finding> {
  const headers = { "x-api-key": key, "anthropic-version": "2023-06-01" };
  const { ok: isOk, status } = await get(`${baseUrl}/v1/models?limit=1`, { headers });
  if (isOk) return ok("", "good");
  if (status === 404)
    return warning(
      "",
      "it answers, but lists no models",
      "Nothing, where ANTHROPIC_BASE_URL is a proxy or a stand-in.",
    );
  return problem(
    "",
    `the model's API refuses it (HTTP ${status})`,
    "Check ANTHROPIC_API_KEY, and the account's credit.",
  );
}

function get(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, { ...init, signal: AbortSignal.timeout(vendorTimeoutMs) });
}
