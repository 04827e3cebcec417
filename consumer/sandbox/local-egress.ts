import { WorkerEntrypoint } from "cloudflare:workers";
import { logThrown } from "../../shared/log-thrown.ts";
import { readSettings } from "../../shared/settings.ts";
import { egressNeeds } from "./egress-needs.ts";
import { serveEgress } from "./serve-egress.ts";

/**
 * The egress for a container server that runs as a process: nothing intercepts its traffic, so it is served on loopback
 * under `/<lease>/model`, `/<lease>/git` and `/<lease>/registry/<host>`. No route leads here in production, and without `EXECUTOR_URL` it is shut.
 */
export class LocalEgress extends WorkerEntrypoint<Env> {
  override async fetch(request: Request): Promise<Response> {
    return logThrown({ worker: "consumer", env: this.env, handler: "egress" }, () => this.#pass(request));
  }

  async #pass(request: Request): Promise<Response> {
    const { EXECUTOR_URL, ANTHROPIC_BASE_URL, GITHUB_URL } = readSettings(this.env);
    const url = new URL(request.url);
    const [, leaseId = "", upstream = "", path = ""] =
      /^\/([0-9a-f-]{36})\/(model|git|registry\/[\w.:-]+)(\/.*)$/.exec(url.pathname) ?? [];
    if (!EXECUTOR_URL || !leaseId) return new Response("Not found.", { status: 404 });
    const bases: Record<string, string> = { model: ANTHROPIC_BASE_URL, git: GITHUB_URL };
    const base = bases[upstream] ?? `https://${upstream.slice("registry/".length)}`;
    return serveEgress(new Request(`${base}${path}${url.search}`, request), leaseId, egressNeeds(this.env));
  }
}
