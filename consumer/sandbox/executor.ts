import type { Settings } from "../../shared/settings.ts";
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
      await namespace.getByName(conversation).lend(leaseId);
      return { modelUrl: ANTHROPIC_BASE_URL, gitUrl: GITHUB_URL, registryUrl: (host) => `https://${host}/` };
    },
    fetch: (conversation, path, init) => namespace.getByName(conversation).fetch(`http://container${path}`, init),
  };
}

/** One container server for all, at `executorUrl`; nothing intercepts there, so the egress's own URLs name the lease. */
export function createHttpExecutor(executorUrl: string, egressUrl: string): Executor {
  return {
    lend: (_conversation, leaseId) =>
      Promise.resolve({
        modelUrl: `${egressUrl}/${leaseId}/model`,
        gitUrl: `${egressUrl}/${leaseId}/git`,
        registryUrl: (host) => `${egressUrl}/${leaseId}/registry/${host}/`,
      }),
    fetch: (_conversation, path, init) => fetch(new URL(path, executorUrl), init),
  };
}
