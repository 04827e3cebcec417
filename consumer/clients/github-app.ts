import { createAppAuth } from "@octokit/auth-app";
import { Failure } from "../../shared/failure.ts";
import { requirePrivateKey } from "../../shared/github-app-key.ts";
import { appTokenMarginMs } from "../../shared/limits.ts";
import type { GitHubAccess, Purpose } from "./github-access.ts";
import { createOctokit, parts } from "./github-connection.ts";
import { githubFailure, readRefusal } from "./github-failure.ts";

export interface AppOptions {
  appId: string;
  /** PEM, PKCS#8. */
  privateKey: string;
  apiUrl: string;
  now?: () => number;
  /** What is known already; by default whatever this isolate minted. */
  known?: AppMemory;
}

export interface AppMemory {
  /** By App, owner. */
  installations: Map<string, number>;
  /** By App, repository and purpose. `expiresAt` in ms since the epoch. */
  tokens: Map<string, { token: string; expiresAt: number }>;
}

/** In memory only: a token is never at rest. */
const isolateMemory: AppMemory = { installations: new Map(), tokens: new Map() };
/** More are forgotten: an isolate serves few repositories at a time. */
const maxTokens = 500;

const permissions = {
  read: { metadata: "read", contents: "read", pull_requests: "read" },
  push: { metadata: "read", contents: "write" },
  // A pull request is opened between branches, which must be seen for it.
  propose: { metadata: "read", contents: "read", pull_requests: "write" },
  // To change whether it is a draft, GitHub asks an App for both.
  redraft: { metadata: "read", contents: "write", pull_requests: "write" },
} as const satisfies Record<Purpose, Record<string, "read" | "write">>;

/**
 * A GitHub App's tokens, narrowed to one repository and purpose. They are minted here, not by the SDK, which shares one
 * pending request between all who wait for it: in Workers a request must not wait for another's.
 */
export function createAppAccess(options: AppOptions): Pick<GitHubAccess, "token" | "forget"> {
  const { appId, privateKey, apiUrl, now = Date.now, known: { installations, tokens } = isolateMemory } = options;
  /** Made when a token is: most requests have one already. */
  const asApp = () => createOctokit(apiUrl, { authStrategy: createAppAuth, auth: { appId, privateKey } }).rest;
  /** Within one request alone, calls that start together share one. */
  const pending = new Map<string, Promise<string>>();

  async function installationOf(repository: string): Promise<{ id: number; cached: boolean }> {
    const key = `${apiUrl} ${appId} ${ownerOf(repository)}`;
    const cached = installations.get(key);
    if (cached !== undefined) return { id: cached, cached: true };
    try {
      const { data } = await asApp().apps.getRepoInstallation(parts(repository));
      if (data.suspended_at) throw suspended(repository);
      installations.set(key, data.id);
      return { id: data.id, cached: false };
    } catch (error) {
      throw readRefusal(error).status === 404 ? notInstalled(repository, error) : appFailure(error);
    }
  }

  async function mint(repository: string, purpose: Purpose): Promise<{ token: string; expiresAt: number }> {
    const { id, cached } = await installationOf(repository);
    try {
      const { data } = await asApp().apps.createInstallationAccessToken({
        installation_id: id,
        repositories: [parts(repository).repo],
        permissions: permissions[purpose],
      });
      return { token: data.token, expiresAt: Date.parse(data.expires_at) };
    } catch (error) {
      const { status, message = "" } = readRefusal(error);
      // Known from before, and gone or replaced since.
      if (cached && (status === 404 || status === 422)) {
        installations.delete(`${apiUrl} ${appId} ${ownerOf(repository)}`);
        return mint(repository, purpose);
      }
      if (status === 403 && /suspended/i.test(message)) throw suspended(repository, error);
      if (status === 422 && /permission/i.test(message)) throw notPermitted(repository, purpose, error);
      throw status === 404 || status === 422 ? notInstalled(repository, error) : appFailure(error);
    }
  }

  async function keep(key: string, repository: string, purpose: Purpose): Promise<string> {
    const minted = await mint(repository, purpose);
    if (tokens.size >= maxTokens) tokens.clear();
    tokens.set(key, minted);
    return minted.token;
  }

  return {
    async token(repository, purpose) {
      requirePrivateKey(privateKey);
      const key = `${apiUrl} ${appId} ${repository.toLowerCase()} ${purpose}`;
      const known = tokens.get(key);
      if (known && known.expiresAt - appTokenMarginMs > now()) return known.token;
      const begun = pending.get(key) ?? keep(key, repository, purpose).finally(() => pending.delete(key));
      pending.set(key, begun);
      return begun;
    },

    forget(token) {
      for (const [key, known] of tokens) if (known.token === token) tokens.delete(key);
      return true;
    },
  };
}

function ownerOf(repository: string): string {
  return parts(repository).owner.toLowerCase();
}

function notInstalled(repository: string, cause: unknown): Failure {
  return new Failure("github_app_not_installed", {
    reply: `The GitHub App may not see ${repository}, or there is no such repository. Whoever owns ${parts(repository).owner} can install the App (its settings, *Install App*) and choose that repository.`,
    retry: false,
    cause,
  });
}

function suspended(repository: string, cause?: unknown): Failure {
  const { owner } = parts(repository);
  return new Failure("github_app_suspended", {
    reply: `The GitHub App is suspended for ${owner}. Whoever owns ${owner} can unsuspend it: settings, *GitHub Apps*, *Configure*.`,
    retry: false,
    cause,
  });
}

function notPermitted(repository: string, purpose: Purpose, cause: unknown): Failure {
  const wanted = Object.entries(permissions[purpose]).map(([name, level]) => `\`${name}: ${level}\``);
  return new Failure("github_app_not_permitted", {
    reply: `The GitHub App lacks a permission on ${repository}: it needs ${wanted.join(", ")}. Whoever runs bugbot can add it in the App's settings; then ${parts(repository).owner} must accept it.`,
    retry: false,
    cause,
  });
}

/** GitHub's refusal of what the App asked in its own name. */
export function appFailure(error: unknown): Failure {
  const check = "check that GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY belong to one App";
  return githubFailure(error, { whenUnknown: check, whenForbidden: check });
}
