import { Failure } from "../../shared/failure.ts";
import type { Log } from "../../shared/log.ts";
import type { Purpose } from "../clients/github-access.ts";
import { judge, type Upstreams } from "./egress.ts";
import { isOpen, type Lease } from "./lease.ts";
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

/** Headers that would carry a credential or an address of the container's own choosing. */
const stripped = [
  "authorization",
  "x-api-key",
  "proxy-authorization",
  "cookie",
  "host",
  "cf-connecting-ip",
  "x-forwarded-for",
];

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

  const headers = new Headers(request.headers);
  for (const name of stripped) headers.delete(name);
  const forward = (body: BodyInit | null, signal?: AbortSignal) =>
    fetch(verdict.url, { method: request.method, headers, body, redirect: "manual", ...(signal && { signal }) });

  switch (verdict.kind) {
    case "git":
      return forwardToGit(request.body, lease, verdict.purpose);
    case "model":
      for (const [name, value] of Object.entries(verdict.headers)) headers.set(name, value);
      // What is read here is not compressed, and as long as it is then.
      headers.set("accept-encoding", "identity");
      headers.delete("content-length");
      return serveModel(request, lease, { ...needs, ask: forward, refuse });
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
      // Git asks without a body first: that is when an ended token shows, and when asking again costs nothing.
      if (response.status !== 401 || body || again || !access.forget(token)) return response;
      await response.body?.cancel();
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
    if (reason === undefined) return send(endOnlyIf(body, async () => isStill(await findLease(leaseId))));
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

  function isStill(found: Lease | undefined): boolean {
    const still = found !== undefined && isOpen(found, now());
    if (!still) logRefusal("this run is over");
    return still;
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
