import { createAppAuth } from "@octokit/auth-app";
import { requirePrivateKey } from "../../shared/github-app-key.ts";
import type { Settings } from "../../shared/settings.ts";
import { personalAccess } from "./github-access.ts";
import { appFailure } from "./github-app.ts";
import { createOctokit, parts } from "./github-connection.ts";
import { githubFailure } from "./github-failure.ts";

/** What bugbot's credential may do on a repository, as far as GitHub says it. */
export interface Grants {
  /** `contents: write`, or the scopes of a classic token, that are missing for a fix. */
  missing: string[];
  /** More than a fix needs. */
  excessive: string[];
  /** Whether GitHub said it at all: of a fine-grained token it does not. */
  isSaid: boolean;
}

/** Whether GitHub knows the credential at all. Throws `Failure`. */
export async function tryCredential(settings: Settings): Promise<void> {
  const { GITHUB_TOKEN, GITHUB_APP_ID: appId, GITHUB_APP_PRIVATE_KEY: privateKey, GITHUB_API_URL: apiUrl } = settings;
  const isApp = appId !== undefined && privateKey !== undefined;
  await inWords(settings, async () =>
    isApp
      ? createOctokit(apiUrl, { authStrategy: createAppAuth, auth: { appId, privateKey } }).rest.apps.getAuthenticated()
      : createOctokit(apiUrl, { auth: GITHUB_TOKEN }).rest.rateLimit.get(),
  );
}

/** Throws `Failure`. */
export function readGrants(settings: Settings, repository: string): Promise<Grants> {
  return inWords(settings, () => grantsOf(settings, repository));
}

async function inWords<T>(settings: Settings, ask: () => Promise<T>): Promise<T> {
  const { GITHUB_APP_ID, GITHUB_APP_PRIVATE_KEY } = settings;
  if (GITHUB_APP_ID && GITHUB_APP_PRIVATE_KEY) requirePrivateKey(GITHUB_APP_PRIVATE_KEY);
  try {
    return await ask();
  } catch (error) {
    const { GITHUB_TOKEN, GITHUB_APP_ID: appId, GITHUB_APP_PRIVATE_KEY: privateKey } = settings;
    if (appId && privateKey) throw appFailure(error);
    const check = personalAccess(GITHUB_TOKEN ?? "").whenUnknown;
    throw githubFailure(error, { whenUnknown: check, whenForbidden: check });
  }
}

async function grantsOf(settings: Settings, repository: string): Promise<Grants> {
  const { GITHUB_TOKEN, GITHUB_APP_ID: appId, GITHUB_APP_PRIVATE_KEY: privateKey, GITHUB_API_URL: apiUrl } = settings;
  if (appId && privateKey) {
    const { rest } = createOctokit(apiUrl, { authStrategy: createAppAuth, auth: { appId, privateKey } });
    const { data } = await rest.apps.getRepoInstallation(parts(repository));
    const { contents, pull_requests: pullRequests, workflows } = data.permissions;
    return {
      missing: [
        ...(contents === "write" ? [] : ["contents: write"]),
        ...(pullRequests === "write" ? [] : ["pull_requests: write"]),
      ],
      excessive: workflows ? [`workflows: ${workflows}`] : [],
      isSaid: true,
    };
  }
  const { rest } = createOctokit(apiUrl, { auth: GITHUB_TOKEN });
  const { data, headers } = await rest.repos.get(parts(repository));
  const isReader = data.permissions?.push === false;
  // https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps: classic tokens alone have scopes.
  const said = headers["x-oauth-scopes"];
  const scopes = said?.split(/[\s,]+/).filter(Boolean) ?? [];
  const mayWrite = scopes.includes("repo") || (scopes.includes("public_repo") && !data.private);
  return {
    missing: [
      ...(isReader ? ["its owner's right to push there"] : []),
      ...(said === undefined || mayWrite ? [] : ["the scope repo"]),
    ],
    excessive: scopes.includes("workflow") ? ["the scope workflow"] : [],
    isSaid: said !== undefined,
  };
}
