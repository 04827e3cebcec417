import { Container } from "@cloudflare/containers";
import * as z from "zod/mini";
import { logThrown } from "../../shared/log-thrown.ts";
import { serverHealthSchema } from "../../shared/job.ts";
import { vendorTimeoutMs } from "../../shared/limits.ts";
import { egressNeeds } from "./egress-needs.ts";
import { withBearer } from "./executor.ts";
import { serveEgress } from "./serve-egress.ts";

/** One conversation's container. All its outbound traffic, HTTPS included, passes the egress; without a lease nothing does. */
export class Sandbox extends Container<Env> {
  override defaultPort = 8080;
  override sleepAfter = "10m";
  override enableInternet = false;
  override interceptHttps = true;
  override pingEndpoint = "container/health";

  override async fetch(request: Request): Promise<Response> {
    return this.#logThrown("fetch", () => this.#ask(request));
  }

  /** The library's: it puts the container to sleep. */
  override async alarm(alarm?: AlarmInvocationInfo): Promise<void> {
    return this.#logThrown("alarm", () => super.alarm(alarm));
  }

  #logThrown<T>(handler: string, run: () => Promise<T>): Promise<T> {
    return logThrown({ worker: "consumer", env: this.env, handler: `sandbox ${handler}` }, run);
  }

  /** Every request bears what the container was started with: what runs in there cannot ask its server. */
  async #ask(request: Request): Promise<Response> {
    const token = await this.#token();
    this.envVars = { EXECUTOR_TOKEN: token };
    return super.fetch(withBearer(request, token));
  }

  async #token(): Promise<string> {
    const { storage } = this.ctx;
    const known = await storage.get("token");
    if (typeof known === "string") return known;
    const token = crypto.randomUUID();
    await storage.put("token", token);
    return token;
  }

  async #isFree(): Promise<boolean> {
    try {
      const signal = AbortSignal.timeout(vendorTimeoutMs);
      const answer = await this.#ask(new Request("http://container/health", { signal }));
      const { jobs, keepsCheckout } = z.parse(serverHealthSchema, await answer.json());
      return keepsCheckout && jobs.running === 0;
    } catch {
      return false;
    }
  }

  /** A run takes up the container that the last one left, where that has ended there with all it started; otherwise it has a new one. */
  async lend(leaseId: string): Promise<void> {
    return this.#logThrown("lend", () => this.#lend(leaseId));
  }

  async #lend(leaseId: string): Promise<void> {
    const { container, storage } = this.ctx;
    const isNews = (await storage.get("leaseId")) !== leaseId;
    if (container?.running && isNews && !(await this.#isFree())) await this.destroy();
    await storage.put("leaseId", leaseId);
    await this.setOutboundHandler("lease", { leaseId });
  }
}

Sandbox.outbound = (request: Request, env: Env) =>
  logThrown({ worker: "consumer", env, handler: "egress" }, () => {
    const { host, pathname } = new URL(request.url);
    const reason = "no run is under way";
    egressNeeds(env).log("egress_refused", { method: request.method, host, path: pathname, reason });
    return Response.json({ error: `bugbot: ${reason}` }, { status: 403 });
  });
Sandbox.outboundHandlers = {
  lease: (request: Request, env: Env, { params }: { params?: unknown }) =>
    logThrown({ worker: "consumer", env, handler: "egress" }, () =>
      serveEgress(request, lent.parse(params).leaseId, egressNeeds(env)),
    ),
};

const lent = z.object({ leaseId: z.string() });
