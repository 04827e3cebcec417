import * as z from "zod/mini";
import { Failure } from "../../shared/failure.ts";
import type { Log } from "../../shared/log.ts";
import type { Purpose } from "../clients/github-access.ts";
import { allowsModel, judge, type Upstreams } from "./egress.ts";
import type { Lease } from "./lease.ts";
import { readPush, refuseUpdates, rejection, remoteError } from "./receive-pack.ts";

export interface EgressNeeds {
  findLease: (id: string) => Promise<Lease | undefined>;
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
export async function serveEgress(
  request: Request,
  leaseId: string,
  { findLease, upstreams, log, now }: EgressNeeds,
): Promise<Response> {
  const url = new URL(request.url);
  const lease = await findLease(leaseId);
  const verdict = judge(request.method, url, lease, upstreams, now());
  if (verdict.kind === "refuse" || !lease) {
    const { status, reason } = verdict.kind === "refuse" ? verdict : { status: 404, reason: "there is no such run" };
    return refuse(status, reason);
  }

  const headers = new Headers(request.headers);
  for (const name of stripped) headers.delete(name);
  const forward = (body: BodyInit | null) =>
    fetch(verdict.url, { method: request.method, headers, body, redirect: "manual" });

  switch (verdict.kind) {
    case "git":
      return forwardToGit(request.body, lease, verdict.purpose);
    case "model": {
      const body = await request.text();
      const model = readModel(body);
      if (!model || !allowsModel(lease, model))
        return refuse(403, `this run may ask ${lease.models.join(" and ")} only, not ${model ?? "nothing"}`);
      for (const [name, value] of Object.entries(verdict.headers)) headers.set(name, value);
      return forward(body);
    }
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
    const packed = sent.get("content-encoding") === "gzip";
    const plain = packed ? request.body?.pipeThrough(new DecompressionStream("gzip")) : request.body;
    if (!plain) return refuse(403, "an empty push");
    if (packed) for (const name of ["content-encoding", "content-length"]) sent.delete(name);
    const { head, body } = await readPush(plain).catch(() => ({ head: undefined, body: undefined }));
    if (!head) return refuse(403, "not a git push");
    const reason = refuseUpdates(head, branch, headBefore);
    if (reason === undefined) return send(body);
    logRefusal(reason);
    // git reads the answer only after it has sent everything.
    await body.pipeTo(new WritableStream());
    return new Response(rejection(head, reason), {
      headers: { "content-type": "application/x-git-receive-pack-result", "cache-control": "no-cache" },
    });
  }

  function refuse(status: number, reason: string): Response {
    logRefusal(reason);
    return Response.json(
      { type: "error", error: { type: "permission_error", message: `bugbot: ${reason}` } },
      { status },
    );
  }

  function logRefusal(reason: string): void {
    log("egress_refused", { leaseId, method: request.method, host: url.host, path: url.pathname, reason });
  }
}

function readModel(body: string): string | undefined {
  try {
    return z.object({ model: z.string() }).parse(JSON.parse(body)).model;
  } catch {
    return undefined;
  }
}
