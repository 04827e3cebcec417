import type { Settings } from "../../shared/settings.ts";
import { createAppAccess } from "./github-app.ts";

/** What a call to GitHub is for, on one repository: reading, writing a branch, opening a pull request, or making one a draft or none. */
export type Purpose = "read" | "push" | "propose" | "redraft";

/** bugbot's way into GitHub. */
export interface GitHubAccess {
  /** A token that opens `repository` (`owner/name`) for no more than this, where GitHub can narrow it. Throws `Failure`. */
  token: (repository: string, purpose: Purpose) => Promise<string>;
  /** GitHub took this token for ended. True: `token` will answer with another. */
  forget: (token: string) => boolean;
  /** Who must look at what when GitHub answers 401, or 403. */
  whenUnknown: string;
  whenForbidden: (repository: string, purpose: Purpose) => string;
}

const permissions: Record<Purpose, string> = {
  read: "`contents` and `pull requests` (read)",
  push: "`contents` (read and write)",
  propose: "`pull requests` (read and write)",
  redraft: "`contents` and `pull requests` (read and write)",
};

/** By the App where one is set up, else by the personal token; undefined without either. */
export function githubAccess(settings: Settings): GitHubAccess | undefined {
  const { GITHUB_TOKEN, GITHUB_APP_ID, GITHUB_APP_PRIVATE_KEY, GITHUB_API_URL } = settings;
  if (GITHUB_APP_ID && GITHUB_APP_PRIVATE_KEY) {
    return {
      ...createAppAccess({ appId: GITHUB_APP_ID, privateKey: GITHUB_APP_PRIVATE_KEY, apiUrl: GITHUB_API_URL }),
      whenUnknown:
        "it does not take the tokens that it gives the GitHub App. See that the App is still installed there, and https://www.githubstatus.com",
      whenForbidden: (repository, purpose) => `give the GitHub App ${permissions[purpose]} on ${repository}`,
    };
  }
  return GITHUB_TOKEN ? personalAccess(GITHUB_TOKEN) : undefined;
}

/** A personal token opens whatever it was made for. */
export function personalAccess(token: string): GitHubAccess {
  return {
    token: () => Promise.resolve(token),
    forget: () => false,
    whenUnknown: "check that GITHUB_TOKEN is right and has not expired",
    whenForbidden: (repository, purpose) => `give GITHUB_TOKEN ${permissions[purpose]} on ${repository}`,
  };
}
