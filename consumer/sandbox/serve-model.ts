import { describeError, type Log } from "../../shared/log.ts";
import { maxModelRequestBytes } from "../../shared/limits.ts";
import type { Spending } from "../stores/spending.ts";
import { allowsModel } from "./egress.ts";
import type { Lease } from "./lease.ts";
import { createMeter, type Metered } from "./meter-answer.ts";
import { costOf, promptTokens, worstCostOf } from "./model-prices.ts";
import { type ModelRequest, readModelRequest } from "./model-request.ts";
import { readAtMost } from "./read-at-most.ts";

export interface ServeModelNeeds {
  spending: Pick<Spending, "admit" | "settle">;
  log: Log;
  now: () => number;
  /** Keeps the Worker alive until what was asked is counted. */
  waitUntil: (work: Promise<unknown>) => void;
  /** Asks the model, with the key added. */
  ask: (body: Uint8Array, signal: AbortSignal) => Promise<Response>;
  refuse: (status: number, reason: string, error?: ApiError) => Response;
}

/** https://platform.claude.com/docs/en/api/errors */
export interface ApiError {
  type: "permission_error" | "billing_error" | "rate_limit_error" | "request_too_large";
  headers?: Record<string, string>;
}

/** Not to be retried: Claude Code then ends at once, and says what it was told. */
const final = { "x-should-retry": "false" };

/** Forwards one question to the model. What it can cost is put aside before it is asked, and what it did cost is counted while the answer passes. */
export async function serveModel(request: Request, lease: Lease, needs: ServeModelNeeds): Promise<Response> {
  const { spending, log, now, waitUntil, ask, refuse } = needs;
  const text = await readAtMost(request.body, maxModelRequestBytes);
  if (text === undefined) return refuse(413, "the question is too long", { type: "request_too_large" });
  const asked = readModelRequest(text);
  if (asked.kind === "refused") return refuse(403, asked.reason);
  const { model, body } = asked;
  if (!allowsModel(lease, model))
    return refuse(403, `this run may ask ${lease.models.join(" and ")} only, not ${model}`);
  if (asked.leftOut.length > 0) log("egress_left_out", { commandId: lease.commandId, what: asked.leftOut });
  const aborter = new AbortController();
  request.signal.addEventListener("abort", () => aborter.abort(), { once: true });
  // Counting tokens is free: https://platform.claude.com/docs/en/build-with-claude/token-counting
  if (new URL(request.url).pathname.endsWith("/count_tokens")) return ask(body, aborter.signal);

  const id = crypto.randomUUID();
  const microUsd = worstCostOf(model, body.length, asked.maxTokens);
  const admission = await spending.admit({ id, leaseId: lease.id, model, microUsd }, now());
  switch (admission.kind) {
    case "spent":
      return refuse(402, `this run's budget of $${admission.maxUsd} is spent`, {
        type: "billing_error",
        headers: final,
      });
    case "under_way":
      return refuse(429, `what is under way may spend this run's budget of $${admission.maxUsd}`, {
        type: "rate_limit_error",
        headers: { "retry-after": "5" },
      });
    case "admitted":
      break;
    default:
      return admission satisfies never;
  }

  /** What it cost takes the place of what was put aside. Without it, that stays. */
  const settle = async (metered: Metered | undefined, cost: number | undefined) => {
    const exact = cost ?? (metered && costOf(metered.model, metered.tokens));
    try {
      await spending.settle(id, lease.id, metered?.model ?? model, exact ?? microUsd, now());
    } catch (error) {
      log("model_call_unsettled", { commandId: lease.commandId, microUsd, ...describeError(error) });
    }
  };

  const answered = Promise.withResolvers<Response>();
  waitUntil(
    (async () => {
      let answer: Response;
      try {
        answer = await ask(body, aborter.signal);
      } catch (error) {
        answered.reject(error);
        // Whoever asked may be gone, but the question was not.
        return settle(undefined, aborter.signal.aborted ? costOfPrompt(asked) : 0);
      }
      if (!answer.ok || !answer.body) {
        answered.resolve(answer);
        return settle(undefined, 0);
      }
      const meter = createMeter(answer.headers.get("content-type"));
      const { readable, writable } = new IdentityTransformStream();
      const headers = new Headers(answer.headers);
      // It is decoded here.
      for (const name of ["content-encoding", "content-length"]) headers.delete(name);
      answered.resolve(new Response(readable, { status: answer.status, headers }));
      const isWhole = await pass(answer.body, writable, aborter, (chunk) => meter.push(chunk));
      const metered = meter.read();
      return settle(metered, metered || isWhole ? undefined : costOfPrompt(asked));
    })(),
  );
  return answered.promise;
}

function costOfPrompt({ model, body }: Extract<ModelRequest, { kind: "request" }>): number {
  return costOf(model, { input: promptTokens(body.length), write5m: 0, write1h: 0, read: 0, output: 0 });
}

/** Hands on a stream chunk by chunk, as fast as it is read. False where either end left early: then the other is told. */
async function pass(
  from: ReadableStream<Uint8Array>,
  to: WritableStream<Uint8Array>,
  aborter: AbortController,
  look: (chunk: Uint8Array) => void,
): Promise<boolean> {
  const reader = from.getReader();
  const writer = to.getWriter();
  const gone = new Promise<never>((_resolve, reject) => {
    const leave = () => reject(new Error("whoever asked is gone"));
    aborter.signal.addEventListener("abort", leave, { once: true });
    writer.closed.catch(leave);
  });
  gone.catch(() => undefined);
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), gone]);
      if (done) break;
      look(value);
      await Promise.race([writer.write(value), gone]);
    }
    await Promise.race([writer.close(), gone]);
    return true;
  } catch (error) {
    aborter.abort();
    await Promise.all([reader.cancel(error).catch(() => undefined), writer.abort(error).catch(() => undefined)]);
    return false;
  }
}
