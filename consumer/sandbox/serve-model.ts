import * as z from "zod/mini";
import { describeError, type Log } from "../../shared/log.ts";
import { listenEveryMs, maxModelRequestBytes } from "../../shared/limits.ts";
import type { Spending } from "../stores/spending.ts";
import { allowsModel } from "./egress.ts";
import type { Lease } from "./lease.ts";
import { createMeter, type Metered } from "./meter-answer.ts";
import { costOf, noTokens, outputFor, type Tokens } from "./model-prices.ts";
import { type ModelQuestion, readModelRequest } from "./model-request.ts";
import { passAnswer } from "./pass-answer.ts";
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
  /** Whether the run goes on. */
  isOpen: () => Promise<boolean>;
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
  const { spending, log, now, waitUntil, ask, count, refuse, isOpen } = needs;
  const text = await readAtMost(request.body, maxModelRequestBytes);
  if (text === undefined) return refuse(413, "the question is too long", { type: "request_too_large" });
  const asked = readModelRequest(text);
  if (asked.kind === "refused") return refuse(403, asked.reason);
  const { model, maxTokens } = asked;
  if (!allowsModel(lease, model))
    return refuse(403, `this run may ask ${lease.models.join(" and ")} only, not ${model}`);
  if (asked.leftOut.length > 0) log("egress_left_out", { commandId: lease.commandId, what: asked.leftOut });
  const aborter = new AbortController();
  // It fires by the compatibility flag `enable_request_signal`.
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
  const serve = async () => {
    const isSent = !aborter.signal.aborted;
    let answer: Response;
    try {
      answer = await ask(body, aborter.signal);
    } catch (error) {
      answered.reject(error);
      // Whoever asked may be gone, but the question was not.
      return settle(undefined, isSent && aborter.signal.aborted ? costSoFar(undefined) : 0);
    }
    if (!answer.ok || !answer.body) {
      answered.resolve(answer);
      return settle(undefined, 0);
    }
    const contentType = answer.headers.get("content-type");
    const meter = createMeter(contentType);
    const { readable, writable } = new IdentityTransformStream();
    const headers = new Headers(answer.headers);
    // It is decoded here.
    for (const name of ["content-encoding", "content-length"]) headers.delete(name);
    answered.resolve(new Response(readable, { status: answer.status, headers }));
    const look = (chunk: Uint8Array) => meter.push(chunk);
    const pings = contentType?.includes("text/event-stream") ?? false;
    const isWhole = await passAnswer(answer.body, writable, { aborter, look, pings });
    const metered = meter.read();
    if (metered?.whole) return settle(metered, costOf(metered.model, metered.tokens));
    return settle(metered, isWhole && !metered ? undefined : costSoFar(metered));
  };
  // A run that is over hears no more of what it asked, whether or not it has let go.
  const watch = setInterval(() => {
    isOpen().then(
      (open) => open || aborter.abort(),
      () => undefined,
    );
  }, listenEveryMs);
  waitUntil(serve().finally(() => clearInterval(watch)));
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
