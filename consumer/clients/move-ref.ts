import { vendorTimeoutMs } from "../../shared/limits.ts";
import { callSignal } from "../attempt.ts";
import type { GitHubAccess } from "./github-access.ts";
import { vendorFailure } from "./vendor-failure.ts";

export interface RefMove {
  /** `owner/name`. */
  repository: string;
  /** `refs/heads/…` */
  ref: string;
  /** Where it stands. */
  from: string;
  /** Where it shall stand; null: nowhere. */
  to: string | null;
}

export type MoveRef = (move: RefMove) => Promise<boolean>;

/** A pack of no objects: its name, version 2, their number, and the SHA-1 of these. https://git-scm.com/docs/pack-format */
const emptyPack = Uint8Array.from([
  ...new TextEncoder().encode("PACK"),
  0,
  0,
  0,
  2,
  0,
  0,
  0,
  0,
  0x02,
  0x9d,
  0x08,
  0x82,
  0x3b,
  0xd8,
  0xa8,
  0xea,
  0xb5,
  0x10,
  0xad,
  0x6a,
  0xc7,
  0x5c,
  0x82,
  0x3c,
  0xfd,
  0x3e,
  0xd3,
  0x1e,
]);

/**
 * Moves a ref by a push, for git's host takes one only while the ref stands where the push says: GitHub's REST API moves it wherever it stands.
 * False where the host refuses. Throws `Failure`. https://git-scm.com/docs/pack-protocol#_pushing_data_to_a_server
 */
export function createMoveRef({ access, gitUrl }: { access: GitHubAccess; gitUrl: string }): MoveRef {
  return async function moveRef({ repository, ref, from, to }, again = false): Promise<boolean> {
    const command = `${from} ${to ?? "0".repeat(from.length)} ${ref}\0report-status\n`;
    const length = (command.length + 4).toString(16).padStart(4, "0");
    const token = await access.token(repository, "push");
    const failed = (status: number | undefined, cause?: unknown) =>
      vendorFailure({
        vendor: "GitHub",
        status,
        credential: status === 401 ? access.whenUnknown : access.whenForbidden(repository, "push"),
        cause,
      });
    const response = await fetch(`${gitUrl}/${repository}.git/git-receive-pack`, {
      method: "POST",
      headers: {
        authorization: `Basic ${btoa(`x-access-token:${token}`)}`,
        "content-type": "application/x-git-receive-pack-request",
        accept: "application/x-git-receive-pack-result",
        "user-agent": "git/bugbot",
      },
      body: new Blob([`${length}${command}0000`, ...(to === null ? [] : [emptyPack])]),
      redirect: "manual",
      signal: callSignal(vendorTimeoutMs),
    }).catch((error: unknown) => {
      throw failed(undefined, error);
    });
    const told = new TextDecoder().decode(await response.arrayBuffer());
    if (response.status === 401 && !again && access.forget(token)) return moveRef({ repository, ref, from, to }, true);
    if (!response.ok) throw failed(response.status);
    return told.includes(`ok ${ref}\n`);
  };
}
