import { createAppAuth } from "@octokit/auth-app";
import type { Settings } from "../../shared/settings.ts";
import { createOctokit, parts } from "./github-connection.ts";

/** What bugbot's credential may do on a repository, as far as GitHub says it. */
export interface Grants {
  /** `contents: write`, or the scopes of a classic token, that are missing for a fix. */
  missing: string[];
  /** More than a fix needs. */
  excessive: string[];
  /** Whether GitHub said it at all: of a fine-grained token it does not. */
  isSaid: boolean;
}

/** Throws what Octokit throws. */
export async function readGrants(settings: Settings, repository: string): Promise<Grants> {
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
