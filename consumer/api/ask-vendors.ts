import type { Finding } from "../../shared/api.ts";
import * as z from "zod/mini";
import { Failure } from "../../shared/failure.ts";
import { vendorTimeoutMs } from "../../shared/limits.ts";
import { slackScopes } from "../../shared/slack-scopes.ts";
import { discordUserAgent } from "../../shared/user-agent.ts";
import type { Settings } from "../../shared/settings.ts";
import { readGrants, tryCredential } from "../clients/github-grants.ts";
import { createPostHog, type PostHog } from "../clients/posthog.ts";
import type { Outside } from "../needs.ts";
import { ok, problem, warning } from "./finding.ts";

/**
 * Asks each vendor that is set up whether its credential is good for what bugbot does with it. Nothing is changed there, and nothing costs. What
 * a vendor does not say is a warning, and so is trouble of its own: only a refusal says something about the credential.
 */
export function askVendors({ settings, linear, github, now }: Outside, gatewayUrl: string): Promise<Finding>[] {
  const { SLACK_BOT_TOKEN, DISCORD_BOT_TOKEN, ANTHROPIC_API_KEY } = settings;
  const { POSTHOG_API_KEY: apiKey, POSTHOG_PROJECT_ID: projectId, POSTHOG_HOST: host } = settings;
  return [
    ...(SLACK_BOT_TOKEN ? [check("Slack", () => askSlack(settings.SLACK_API_URL, SLACK_BOT_TOKEN))] : []),
    ...(DISCORD_BOT_TOKEN
      ? [check("Discord", () => askDiscord(settings.DISCORD_API_URL, DISCORD_BOT_TOKEN, gatewayUrl))]
      : []),
    ...(linear ? [check("Linear", () => askLinear(linear, settings.LINEAR_TEAM_KEY))] : []),
    ...(github ? [check("GitHub", () => askGitHub(github, settings))] : []),
    ...(apiKey && projectId
      ? [check("PostHog", () => askPostHog(createPostHog({ apiKey, projectId, host }), now()))]
      : []),
    ...(ANTHROPIC_API_KEY ? [check("the model", () => askModel(settings.ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY))] : []),
  ];
}

async function check(service: string, ask: () => Promise<Finding>): Promise<Finding> {
  try {
    return { ...(await ask()), check: `token: ${service}` };
  } catch (error) {
    const name = `token: ${service}`;
    // What was rejected was the question; a refused credential has a code of its own.
    if (error instanceof Failure && !error.retry && !error.code.endsWith("_rejected"))
      return problem(name, error.reply, `Look at ${service}'s variables in README.md's table.`);
    return { ...trouble(error instanceof Failure ? error.reply : `${service} does not answer.`), check: name };
  }
}

function trouble(detail: string): Finding {
  return warning("", detail, "Look at its status page, and run this again once that is over.");
}

/** https://docs.slack.dev/reference/methods/auth.test: what is said of the token. */
const slackRefusals = new Set([
  "access_denied",
  "account_inactive",
  "ekm_access_denied",
  "enterprise_is_restricted",
  "invalid_auth",
  "missing_scope",
  "no_permission",
  "not_allowed_token_type",
  "not_authed",
  "team_access_not_granted",
  "token_expired",
  "token_revoked",
  "two_factor_setup_required",
]);
const isRefusal = (status: number) => status === 401 || status === 403;

async function askSlack(apiUrl: string, token: string): Promise<Finding> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await get(`${apiUrl}/auth.test`, { method: "POST", headers });
  if (!response.ok && !isRefusal(response.status)) return trouble(`Slack has trouble (HTTP ${response.status})`);
  const { ok: isOk, team, error = "" } = authSchema.parse(await response.json());
  if (!isOk && !isRefusal(response.status) && !slackRefusals.has(error)) return trouble(`Slack has trouble (${error})`);
  if (!isOk)
    return problem(
      "",
      `Slack refuses it (${error})`,
      "Install the app again, and set SLACK_BOT_TOKEN on both Workers.",
    );
  const given = response.headers.get("x-oauth-scopes")?.split(/[\s,]+/);
  if (!given)
    return warning(
      "",
      `good for ${team}, and its scopes were not said`,
      `See in the app's *OAuth & Permissions* that it has ${slackScopes.join(", ")}.`,
    );
  const missing = slackScopes.filter((scope) => !given.includes(scope));
  if (missing.length === 0) return ok("", `good for ${team}, with every scope`);
  return problem(
    "",
    `lacks ${missing.join(", ")}`,
    "Paste `npx bugbot slack manifest` into the app, and install it again.",
  );
}
const authSchema = z.object({ ok: z.boolean(), team: z.optional(z.string()), error: z.optional(z.string()) });

/** https://docs.discord.com/developers/resources/application#get-current-application */
async function askDiscord(apiUrl: string, token: string, gatewayUrl: string): Promise<Finding> {
  const response = await get(`${apiUrl}/applications/@me`, {
    headers: { authorization: `Bot ${token}`, "user-agent": discordUserAgent },
  });
  if (isRefusal(response.status))
    return problem(
      "",
      `Discord refuses it (HTTP ${response.status})`,
      "Reset the bot's token, and set DISCORD_BOT_TOKEN on both Workers.",
    );
  if (!response.ok) return trouble(`Discord has trouble (HTTP ${response.status})`);
  const { interactions_endpoint_url: endpoint } = applicationSchema.parse(await response.json());
  const expected = `${gatewayUrl}/discord/interactions`;
  if (endpoint === expected) return ok("", `good, and its interactions come to ${expected}`);
  const change = `Set the application's *Interactions Endpoint URL* to ${expected}.`;
  if (isLocal(gatewayUrl))
    return warning(
      "",
      `good; where its interactions go was not compared (${endpoint ?? "nowhere"})`,
      "Nothing: a local stack has no address that Discord reaches.",
    );
  return problem("", endpoint ? `its interactions go to ${endpoint}` : "its interactions go nowhere", change);
}
const applicationSchema = z.object({ interactions_endpoint_url: z.nullish(z.string()) });

function isLocal(url: string): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(url).hostname);
}

/** Both things that it is for: a question, and a list of recordings. Nobody is meant by them. */
async function askPostHog(posthog: PostHog, nowMs: number): Promise<Finding> {
  await posthog.people(["doctor@bugbot.invalid"]);
  await posthog.recordingsOf("00000000-0000-4000-8000-000000000000", nowMs - 60_000, nowMs);
  return ok("", "good, and may ask for events and recordings");
}

async function askLinear(linear: NonNullable<Outside["linear"]>, teamKey: string | undefined): Promise<Finding> {
  if (await linear.team(teamKey)) return ok("", `good, and sees ${teamKey ? `the team ${teamKey}` : "a team"}`);
  return problem(
    "",
    `it sees no team${teamKey ? ` ${teamKey}` : ""}`,
    "Check LINEAR_TEAM_KEY, and which teams the key's owner is in.",
  );
}

async function askGitHub(github: NonNullable<Outside["github"]>, settings: Settings): Promise<Finding> {
  const { BUGBOT_REPO: usual, BUGBOT_ALLOWED_REPOS: allowed } = settings;
  const repository = usual ?? allowed.find((entry) => !entry.includes("*"));
  if (repository === undefined) {
    await tryCredential(settings);
    return warning(
      "",
      "good; which repositories it may write to was not tried: none is named",
      "Set BUGBOT_REPO to have it tried there.",
    );
  }
  if (!(await github.repository(repository)))
    return problem(
      "",
      `it does not see ${repository}`,
      `Give it that repository, or change ${usual ? "BUGBOT_REPO" : "BUGBOT_ALLOWED_REPOS"}.`,
    );
  const { missing, excessive, isSaid } = await readGrants(settings, repository);
  if (missing.length > 0)
    return problem(
      "",
      `on ${repository} it lacks ${missing.join(" and ")}`,
      "Give it `contents` and `pull requests` (read and write) there; a classic token, the scope `repo`.",
    );
  if (excessive.length > 0)
    return warning(
      "",
      `good on ${repository}, and may do more than it must: ${excessive.join(" and ")}`,
      "Take that away: bugbot never changes workflows.",
    );
  if (isSaid) return ok("", `good, and may write to ${repository}`);
  return warning(
    "",
    `good, and sees ${repository}; whether it may write there is not said of a fine-grained token`,
    "See in its settings that it has `contents` and `pull requests` (read and write), and not `workflows`.",
  );
}

/** https://docs.anthropic.com/en/api/models-list: costs nothing. */
async function askModel(baseUrl: string, key: string): Promise<Finding> {
  const headers = { "x-api-key": key, "anthropic-version": "2023-06-01" };
  const response = await get(`${baseUrl}/v1/models?limit=1`, { headers });
  const { status } = response;
  const isList = response.ok && modelsSchema.safeParse(await response.json().catch(() => undefined)).success;
  if (isList) return ok("", "good");
  if (response.ok || status === 404)
    return warning(
      "",
      "it answers, but lists no models",
      "Nothing, where ANTHROPIC_BASE_URL is a proxy or a stand-in.",
    );
  if (!isRefusal(status)) return trouble(`the model's API has trouble (HTTP ${status})`);
  return problem(
    "",
    `the model's API refuses it (HTTP ${status})`,
    "Check ANTHROPIC_API_KEY, and the account's credit.",
  );
}

const modelsSchema = z.object({ data: z.array(z.unknown()) });

function get(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, { ...init, signal: AbortSignal.timeout(vendorTimeoutMs) });
}
