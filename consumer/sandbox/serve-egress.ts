import { Failure } from "../../shared/failure.ts";
import { vendorTimeoutMs } from "../../shared/limits.ts";
import type { Log } from "../../shared/log.ts";
import type { Purpose } from "../clients/github-access.ts";
import { parseRetryAfter, vendorFailure } from "../clients/vendor-failure.ts";
import { judge, type Upstreams } from "./egress.ts";
import { isOpen as isLeaseOpen, type Lease } from "./lease.ts";
import { endOnlyIf, type PushHead, readPush, refuseUpdates, rejection, remoteError } from "./receive-pack.ts";
import { type ApiError, serveModel, type ServeModelNeeds } from "./serve-model.ts";

export interface EgressNeeds extends Pick<ServeModelNeeds, "spending" | "waitUntil"> {
  findLease: (id: string) => Promise<Lease | undefined>;
  /** Told of every commit before it is let through; false where there were too many. */
  notePush: (leaseId: string, commit: string) => Promise<boolean>;
  upstreams: Upstreams;
  log: Log;
  now: () => number;
}

/** Headers that pass. Any other could carry a credential, an address or a wish of the container's own. */
const passed = {
  model:
    /^(?:accept|content-type|user-agent|anthropic-version|anthropic-dangerous-direct-browser-access|x-app|x-claude-code-session-id|x-stainless-[\w-]+)$/,
  git: /^(?:accept|accept-encoding|accept-language|cache-control|content-encoding|content-length|content-type|git-protocol|pragma|user-agent)$/,
  registry: /^(?:accept|accept-encoding|if-modified-since|if-none-match|range|user-agent)$/,
};
/** What of the API's betas a run may use: those that Claude Code asks for, and that open no server's tools and cost nothing more. */
const betas = new Set([
  "claude-code-20250219",
  "interleaved-thinking-2025-05-14",
  "context-management-2025-06-27",
  "per-turn-control-2026-07-01",
  "mid-conversation-tool-changes-2026-07-01",
  "mid-conversation-system-2026-04-07",
  "thinking-token-count-2026-05-13",
  "thinking-display-updates-2026-08-18",
  "effort-2025-11-24",
  "extended-cache-ttl-2025-04-11",
  "prompt-caching-scope-2026-01-05",
  "structured-outputs-2025-12-15",
  "fine-grained-tool-streaming-2025-05-14",
  "redact-thinking-2026-02-12",
  "token-counting-2024-11-01",
]);

/** Answers one request that leaves a container: forwarded with its credential, or refused and logged. */
export async function serveEgress(request: Request, leaseId: string, needs: EgressNeeds): Promise<Response> {
  const { findLease, notePush, upstreams, log, now } = needs;
  const url = new URL(request.url);
  const lease = await findLease(leaseId);
  const verdict = judge(request.method, url, lease, upstreams, now());
  if (verdict.kind === "refuse" || !lease) {
    const { status, reason } = verdict.kind === "refuse" ? verdict : { status: 404, reason: "there is no such run" };
    return refuse(status, reason);
  }

  const mayPass = passed[verdict.kind === "push" ? "git" : verdict.kind];
  const headers = new Headers([...request.headers].filter(([name]) => mayPass.test(name)));
  const forward = (body: BodyInit | null, signal?: AbortSignal) =>
    fetch(verdict.url, { method: request.method, headers, body, redirect: "manual", ...(signal && { signal }) });

  const beta = (request.headers.get("anthropic-beta") ?? "")
    .split(/[\s,]+/)
    .filter((name) => betas.has(name))
    .join(",");
  const countAt = (asked: URL) => (body: BodyInit) =>
    fetch(new URL(`${asked.pathname.replace(/\/count_tokens$/, "")}/count_tokens`, asked), {
      method: "POST",
      headers,
      body,
      signal: AbortSignal.timeout(vendorTimeoutMs),
    });

  switch (verdict.kind) {
    case "git":
      return forwardToGit(request.body, lease, verdict.purpose);
    case "model":
      for (const [name, value] of Object.entries(verdict.headers)) headers.set(name, value);
      // What is read here is not compressed.
      headers.set("accept-encoding", "identity");
      if (beta !== "") headers.set("anthropic-beta", beta);
      return serveModel(request, lease, { ...needs, ask: forward, count: countAt(verdict.url), refuse, isOpen });
    case "registry":
      return forward(null);
    case "push": {
      const { purpose } = verdict;
      return push(headers, lease, (body) => forwardToGit(body, lease, purpose));
    }
    default:
      return verdict satisfies never;
  }

  /** The token is made no earlier than here, when it is clear that it will be used. */
  async function forwardToGit(
    body: ReadableStream<Uint8Array> | null,
    { repository }: Lease,
    purpose: Purpose,
  ): Promise<Response> {
    const { access } = upstreams.git;
    if (!access) return refuse(403, "GitHub is not set up");
    for (let again = false; ; again = true) {
      let token: string;
      try {
        token = await access.token(repository, purpose);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        logRefusal(error.reply);
        return remoteError(url.searchParams.get("service"), error.reply);
      }
      headers.set("authorization", `Basic ${btoa(`x-access-token:${token}`)}`);
      const response = await forward(body);
      const { status } = response;
      if (status !== 401 && status !== 403) return response;
      await response.body?.cancel();
      const isRenewed = status === 401 && access.forget(token);
      // Git asks without a body first: that is when an ended token shows, and when asking again costs nothing.
      if (isRenewed && !body && !again) continue;
      const credential = status === 401 ? access.whenUnknown : access.whenForbidden(repository, purpose);
      const retryAfterMs = parseRetryAfter(response.headers.get("retry-after"));
      const { reply } = vendorFailure({ vendor: "GitHub", status, retryAfterMs, credential, cause: undefined });
      logRefusal(reply);
      return remoteError(url.searchParams.get("service"), reply);
    }
  }

  async function push(
    sent: Headers,
    { branch, headBefore }: Lease,
    send: (body: ReadableStream<Uint8Array>) => Promise<Response>,
  ): Promise<Response> {
    const encoding = sent.get("content-encoding") ?? "identity";
    if (!["identity", "gzip", "x-gzip"].includes(encoding)) return refuse(403, `a push encoded as ${encoding}`);
    const packed = encoding !== "identity";
    const plain = packed ? request.body?.pipeThrough(new DecompressionStream("gzip")) : request.body;
    if (!plain) return refuse(403, "an empty push");
    if (packed) for (const name of ["content-encoding", "content-length"]) sent.delete(name);
    const { head, body } = await readPush(plain).catch(() => ({ head: undefined, body: undefined }));
    if (!head) return refuse(403, "not a git push");
    const reason = refuseUpdates(head, branch, headBefore) ?? (await noteOrRefuse(head));
    // A pack without its end is none: whoever stops a run, or its expiry, also stops what is on its way.
    if (reason === undefined) return send(endOnlyIf(body, isOpen));
    logRefusal(reason);
    // git reads the answer only after it has sent everything.
    await body.pipeTo(new WritableStream());
    return new Response(rejection(head, reason), {
      headers: { "content-type": "application/x-git-receive-pack-result", "cache-control": "no-cache" },
    });
  }

  async function noteOrRefuse({ updates }: PushHead): Promise<string | undefined> {
    for (const { newId } of updates) {
      if (!(await notePush(leaseId, newId))) return "this run has pushed too often";
    }
    return undefined;
  }

  /** Whether the run goes on meanwhile. */
  async function isOpen(): Promise<boolean> {
    const found = await findLease(leaseId);
    const isStill = found !== undefined && isLeaseOpen(found, now());
    if (!isStill) logRefusal("this run is over");
    return isStill;
  }

  function refuse(status: number, reason: string, error: ApiError = { type: "permission_error" }): Response {
    logRefusal(reason);
    const { type, headers: extra = {} } = error;
    return Response.json({ type: "error", error: { type, message: `bugbot: ${reason}` } }, { status, headers: extra });
  }

  function logRefusal(reason: string): void {
    const run = lease ? { commandId: lease.commandId } : { leaseId };
    log("egress_refused", { ...run, method: request.method, host: url.host, path: url.pathname, reason });
  }
}
