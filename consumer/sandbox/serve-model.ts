import * as z from "zod/mini";
import { describeError, type Log } from "../../shared/log.ts";
import { maxModelRequestBytes } from "../../shared/limits.ts";
import type { Spending } from "../stores/spending.ts";
import { allowsModel } from "./egress.ts";
import type { Lease } from "./lease.ts";
import { createMeter, type Metered } from "./meter-answer.ts";
import { costOf, noTokens, outputFor, type Tokens } from "./model-prices.ts";
import { type ModelQuestion, readModelRequest } from "./model-request.ts";
import { readAtMost } from "./read-at-most.ts";

export interface ServeModelNeeds {
  spending: Pick<Spending, "admit" | "settle">;
  log: Log;
  now: () => number;
  /** Keeps the Worker alive until what was asked is counted. */
  waitUntil: (work: Promise<unknown>) => void;
  /** Asks the model, with the key added. */
  ask: (body: Uint8Array, signal: AbortSignal) => Promise<Response>;
  /** Has the model's API count a prompt, with the key added. */
  count: (body: Uint8Array) => Promise<Response>;
  refuse: (status: number, reason: string, error?: ApiError) => Response;
}

/** https://platform.claude.com/docs/en/api/errors */
export interface ApiError {
  type: "permission_error" | "billing_error" | "rate_limit_error" | "request_too_large";
  headers?: Record<string, string>;
}

/** What must be left for an answer, so that it is worth asking; where others are under way that may leave more, it is worth waiting. */
const answerTokens = { least: 2_048, leastBeside: 16_000 };
/** Some times what any model of Anthropic's writes in a second, and what it may take until it hears that nobody listens. */
const brokenOff = { tokensPerSecond: 400, graceSeconds: 2 };

/** Not to be retried: Claude Code then ends at once, and says what it was told. */
const final = { "x-should-retry": "false" };

/** Forwards one question to the model. What it can cost is put aside before it is asked, and what it did cost is counted while the answer passes. */
export async function serveModel(request: Request, lease: Lease, needs: ServeModelNeeds): Promise<Response> {
  const { spending, log, now, waitUntil, ask, count, refuse } = needs;
  const text = await readAtMost(request.body, maxModelRequestBytes);
  if (text === undefined) return refuse(413, "the question is too long", { type: "request_too_large" });
  const asked = readModelRequest(text);
  if (asked.kind === "refused") return refuse(403, asked.reason);
  const { model, maxTokens } = asked;
  if (!allowsModel(lease, model))
    return refuse(403, `this run may ask ${lease.models.join(" and ")} only, not ${model}`);
  if (asked.leftOut.length > 0) log("egress_left_out", { commandId: lease.commandId, what: asked.leftOut });
  const aborter = new AbortController();
  request.signal.addEventListener("abort", () => aborter.abort(), { once: true });
  // Counting tokens is free: https://platform.claude.com/docs/en/build-with-claude/token-counting
  if (new URL(request.url).pathname.endsWith("/count_tokens")) return ask(asked.writeCount(), aborter.signal);

  const id = crypto.randomUUID();
  const admit = (prompt: Tokens, least: number, leastBeside: number, isLast: boolean) => {
    const costWith = (output: number) => costOf(model, { ...prompt, output: Math.min(output, maxTokens) });
    const costs = { microUsd: costWith(maxTokens), least: costWith(least), leastBeside: costWith(leastBeside), isLast };
    return spending.admit({ id, leaseId: lease.id, model, ...costs }, now());
  };
  // Most questions fit even at their worst. Others are counted, and may be answered with what is left.
  let prompt: Tokens = { ...noTokens, [asked.promptPrice]: asked.mostPromptTokens };
  let admission = await admit(prompt, maxTokens, maxTokens, false);
  if (admission.kind !== "admitted") {
    prompt = { ...noTokens, [asked.promptPrice]: await countPrompt(asked, count) };
    admission = await admit(prompt, answerTokens.least, answerTokens.leastBeside, true);
  }
  switch (admission.kind) {
    case "spent":
      return refuse(402, `this run's budget of $${admission.maxUsd} is spent: what is left does not pay for this`, {
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

  const { microUsd } = admission;
  const body = asked.write(Math.min(maxTokens, outputFor(model, prompt, microUsd)));
  const askedAt = now();
  /** What an answer that broke off can have cost by now: what was thought in it unseen has been paid for, too. */
  const costSoFar = (metered: Metered | undefined) => {
    const output = Math.ceil(((now() - askedAt) / 1000 + brokenOff.graceSeconds) * brokenOff.tokensPerSecond);
    const tokens = metered?.tokens ?? prompt;
    const cost = costOf(metered?.model ?? model, { ...tokens, output: Math.max(tokens.output, output) });
    return Math.min(microUsd, cost);
  };

  /** What it cost takes the place of what was put aside. Without it, that stays. */
  const settle = async (metered: Metered | undefined, exact: number | undefined) => {
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
        return settle(undefined, aborter.signal.aborted ? costSoFar(undefined) : 0);
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
      if (metered?.whole) return settle(metered, costOf(metered.model, metered.tokens));
      return settle(metered, isWhole && !metered ? undefined : costSoFar(metered));
    })(),
  );
  return answered.promise;
}

const countSchema = z.object({ input_tokens: z.number() });

/** As the model's API counts it, which it calls an estimate; at its worst where it does not say. */
async function countPrompt(
  { mostPromptTokens, writeCount }: ModelQuestion,
  count: ServeModelNeeds["count"],
): Promise<number> {
  try {
    const answer = await count(writeCount());
    const { input_tokens: counted } = countSchema.parse(await answer.json());
    return Math.min(mostPromptTokens, Math.ceil(counted * 1.05) + 500);
  } catch {
    return mostPromptTokens;
  }
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
