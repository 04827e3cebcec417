import { randomBytes } from "node:crypto";
import { checkAppToken } from "./app-token.ts";

export type Permission = "contents" | "metadata" | "pull_requests";
export type Level = "read" | "write";
export type Permissions = { [Name in Permission]?: Level | undefined } & { workflows?: "write" | undefined };

export interface AppOptions {
  id: string;
  /** PEM. */
  publicKey: string;
}

/** The App on one account. */
export interface Installation {
  id: number;
  owner: string;
  /** Repository names; undefined: all of the owner's. */
  repositories: string[] | undefined;
  permissions: Permissions;
  suspendedAt: string | null;
}

/** One token, opening one installation's repositories by name and no more than these permissions. */
export interface MintedToken {
  token: string;
  owner: string;
  repositories: string[] | undefined;
  permissions: Permissions;
  expiresAt: string;
  /** False once it was ended before its time. */
  live: boolean;
}

const lifeMs = 60 * 60_000;
const everything: Permissions = { contents: "write", metadata: "read", pull_requests: "write" };

/** A GitHub App: where it is installed, and the tokens it was given. */
export function createApp({ id, publicKey }: AppOptions) {
  const installations = new Map<string, Installation>();
  const minted: MintedToken[] = [];
  let lastId = 0;

  const app = {
    id,
    minted,
    check: (authorization: string | undefined) => checkAppToken(authorization, { id, publicKey }, Date.now()),
    installationOf: (owner: string): Installation | undefined => installations.get(owner.toLowerCase()),
    installation: (number: number): Installation | undefined =>
      [...installations.values()].find((one) => one.id === number),
    /** Anew, or with other repositories and permissions. Keeps what is there when nothing else is said. */
    install: (owner: string, given: { repositories?: string[]; permissions?: Permissions } = {}): Installation => {
      const { repositories, permissions = everything } = given;
      const installation = { id: ++lastId, owner, repositories, permissions, suspendedAt: null };
      installations.set(owner.toLowerCase(), installation);
      return installation;
    },
    uninstall: (owner: string): void => {
      installations.delete(owner.toLowerCase());
      app.endTokens();
    },
    suspend: (owner: string): void => {
      const installation = app.installationOf(owner);
      if (installation) installation.suspendedAt = new Date().toISOString();
    },
    /** Every token made so far is refused from now on. */
    endTokens: (): void => {
      for (const one of minted) one.live = false;
    },
    mint: ({ owner }: Installation, repositories: string[] | undefined, permissions: Permissions): MintedToken => {
      const expiresAt = new Date(Date.now() + lifeMs).toISOString();
      const token = `ghs_${randomBytes(27).toString("base64url").replace(/[-_]/g, "0")}`;
      const one = { token, owner, repositories, permissions, expiresAt, live: true };
      minted.push(one);
      return one;
    },
  };
  return app;
}
export type App = ReturnType<typeof createApp>;
