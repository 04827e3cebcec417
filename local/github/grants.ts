import { type App, type Level, type MintedToken, type Permission } from "./app.ts";

/** What one token opens. */
export interface Grant {
  /** The installation is: GitHub knows the token and says why it opens nothing. */
  suspended: boolean;
  /** Whether `owner/name` is there for it. */
  sees: (fullName: string) => boolean;
  may: (permission: Permission, level: Level) => boolean;
}

/** Finds what a token opens; undefined where GitHub would not know it. */
export type FindGrant = (token: string | undefined) => Grant | undefined;

const allOfIt: Grant = { suspended: false, sees: () => true, may: () => true };
const nothing: Grant = { suspended: true, sees: () => false, may: () => false };

/** The personal token opens everything; an App's what it was narrowed to, while its installation stands. */
export function createGrants(personalToken: string, app: App | undefined): FindGrant {
  return (token) => {
    if (token === personalToken) return allOfIt;
    const minted = app?.minted.find((one) => one.token === token);
    const installation = minted && app?.installationOf(minted.owner);
    if (!minted?.live || !installation || Date.parse(minted.expiresAt) <= Date.now()) return undefined;
    return installation.suspendedAt === null ? narrowed(minted) : nothing;
  };
}

function narrowed({ owner, repositories, permissions }: MintedToken): Grant {
  return {
    suspended: false,
    sees: (fullName) => {
      const [of = "", name = ""] = fullName.toLowerCase().split("/");
      return of === owner.toLowerCase() && (repositories?.some((one) => one.toLowerCase() === name) ?? true);
    },
    may: (permission, level) => permissions[permission] === "write" || permissions[permission] === level,
  };
}

/** What a route under `/repos/{owner}/{repo}` asks of an App's token. https://docs.github.com/rest/authentication/permissions-required-for-github-apps */
export function permissionFor(method: string, path: string): [Permission, Level] {
  const level = method === "GET" || method === "HEAD" ? "read" : "write";
  if (path === "" || path === "/") return ["metadata", level];
  return [/^\/(pulls|issues|labels)(\/|$)/.test(path) ? "pull_requests" : "contents", level];
}
