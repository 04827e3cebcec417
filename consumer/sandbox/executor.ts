import type { Settings } from "../../shared/settings.ts";
import { stillWanted } from "../attempt.ts";
import type { Sandbox } from "./container.ts";

export interface ReachableUrls {
  modelUrl: string;
  gitUrl: string;
  /** Of a package registry, by its host. */
  registryUrl: (host: string) => string;
}

/** Where runs happen: reached over HTTP, one place per conversation. */
export interface Executor {
  /** Ties a lease to the conversation's container and says under which URLs it reaches the outside. */
  lend: (conversation: string, leaseId: string) => Promise<ReachableUrls>;
  fetch: (conversation: string, path: string, init?: RequestInit) => Promise<Response>;
}

/** A Cloudflare Container each, whose outbound traffic is intercepted: it uses the vendors' own URLs. */
export function createContainerExecutor(
  namespace: DurableObjectNamespace<Sandbox>,
  { ANTHROPIC_BASE_URL, GITHUB_URL }: Settings,
): Executor {
  return {
    async lend(conversation, leaseId) {
      stillWanted();
      await namespace.getByName(conversation).lend(leaseId);
      return { modelUrl: ANTHROPIC_BASE_URL, gitUrl: GITHUB_URL, registryUrl: (host) => `https://${host}/` };
    },
    fetch: (conversation, path, init) => namespace.getByName(conversation).fetch(`http://container${path}`, init),
  };
}

export interface HttpExecutorOptions {
  url: string;
  /** The server's bearer, where it has one. */
  token: string | undefined;
  egressUrl: string;
}

/** One container server for all, at `url`; nothing intercepts there, so the egress's own URLs name the lease. */
export function createHttpExecutor({ url, token, egressUrl }: HttpExecutorOptions): Executor {
  return {
    lend: (_conversation, leaseId) =>
      Promise.resolve({
        modelUrl: `${egressUrl}/${leaseId}/model`,
        gitUrl: `${egressUrl}/${leaseId}/git`,
        registryUrl: (host) => `${egressUrl}/${leaseId}/registry/${host}/`,
      }),
    fetch: (_conversation, path, init) => fetch(withBearer(new Request(new URL(path, url), init), token)),
  };
}

/** The job server answers nobody else. */
export function withBearer(request: Request, token: string | undefined): Request {
  if (token === undefined) return request;
  const asked = new Request(request);
  asked.headers.set("authorization", `Bearer ${token}`);
  return asked;
}
