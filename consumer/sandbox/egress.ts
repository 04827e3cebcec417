import type { GitHubAccess, Purpose } from "../clients/github-access.ts";
import type { Lease } from "./lease.ts";
import { isOpen } from "./lease.ts";

/** The outside services a run needs, with the credentials its container does not have. */
export interface Upstreams {
  /** Origin and path prefix, without a trailing slash. */
  model: { url: string; apiKey: string };
  git: { url: string; access: GitHubAccess | undefined };
  /** Hosts of package registries for a repository, with their port where it is not HTTPS's own. */
  registries: (repository: string) => readonly string[];
}

/** What to do with one request that leaves a container. */
export type Verdict =
  | { kind: "model"; url: URL; headers: Record<string, string> }
  | { kind: "git"; url: URL; purpose: Purpose }
  /** As `git`, once the refs to be written are found to be the lease's branch alone. */
  | { kind: "push"; url: URL; purpose: Purpose }
  /** Reading packages, without any credential. */
  | { kind: "registry"; url: URL }
  | { kind: "refuse"; status: 403 | 404 | 410; reason: string };

const modelPaths = ["/v1/messages", "/v1/messages/count_tokens"];

/**
 * Deny by default: a request passes only when an open lease names what it asks for, and then with the credential it wants and no stronger one.
 * Pure; the same function decides in production and in the local stack.
 */
export function judge(
  method: string,
  url: URL,
  lease: Lease | undefined,
  upstreams: Upstreams,
  nowMs: number,
): Verdict {
  if (!lease) return refuse(404, "there is no such run");
  if (!isOpen(lease, nowMs)) return refuse(410, "this run is over");

  const modelPath = pathUnder(url, upstreams.model.url);
  if (modelPath !== undefined) {
    if (method !== "POST" || !modelPaths.includes(modelPath))
      return refuse(403, `the model's API is open for ${modelPaths.join(" and ")} only`);
    return { kind: "model", url, headers: { "x-api-key": upstreams.model.apiKey } };
  }

  const gitPath = pathUnder(url, upstreams.git.url);
  if (gitPath !== undefined) return judgeGit(method, url, gitPath, lease);
  const registries = upstreams.registries(lease.repository);
  if (url.protocol === "https:" && registries.some((host) => host.toLowerCase() === url.host)) {
    if (method === "GET" || method === "HEAD") return { kind: "registry", url };
    return refuse(403, `${url.host} is open for reading only`);
  }
  return refuse(403, `${url.host} is not reachable from a run`);
}

/** Git's smart HTTP protocol, https://git-scm.com/docs/http-protocol: nothing else of the host. */
function judgeGit(method: string, url: URL, path: string, { repository }: Lease): Verdict {
  const [, named = "", service = ""] =
    /^\/([^/]+\/[^/]+?)(?:\.git)?(\/(?:info\/refs|git-upload-pack|git-receive-pack))$/.exec(path) ?? [];
  if (named.toLowerCase() !== repository.toLowerCase()) return refuse(403, `this run works on ${repository} only`);

  const asked = method === "GET" && service === "/info/refs" ? url.searchParams.get("service") : null;
  if (asked === "git-upload-pack") return { kind: "git", url, purpose: "read" };
  if (asked === "git-receive-pack") return { kind: "git", url, purpose: "push" };
  if (method === "POST" && service === "/git-upload-pack") return { kind: "git", url, purpose: "read" };
  if (method === "POST" && service === "/git-receive-pack") return { kind: "push", url, purpose: "push" };
  return refuse(403, "only git's smart HTTP protocol is open");
}

/** The path below `base`, or nothing when `url` leads elsewhere. `URL` has resolved `..` already. */
function pathUnder(url: URL, base: string): string | undefined {
  const { origin, pathname } = new URL(base);
  const prefix = pathname.replace(/\/$/, "");
  return url.origin === origin && url.pathname.startsWith(`${prefix}/`) ? url.pathname.slice(prefix.length) : undefined;
}

/** Whether a request to the model names one of the lease's families. */
export function allowsModel({ models }: Lease, model: string): boolean {
  return models.some((family) => new RegExp(`(^|[-/.])${family}([-@.:]|$)`).test(model));
}

function refuse(status: 403 | 404 | 410, reason: string): Verdict {
  return { kind: "refuse", status, reason };
}
