import * as z from "zod/mini";
import { Failure } from "../../shared/failure.ts";
import { maxLinearAnswerBytes, vendorTimeoutMs } from "../../shared/limits.ts";
import { parseJson } from "../../shared/parse-json.ts";
import { asItIs, type Redact } from "../../shared/redact.ts";
import { callSignal } from "../attempt.ts";
import { fetchRedacted } from "./fetch-redacted.ts";
import { limitBody } from "./limit-body.ts";
import { redactAnswer } from "./redact-answer.ts";
import { linearErrorsSchema, LinearRefusal } from "./linear-refusal.ts";
import { unreadableAnswer, vendorFailure, waitOf } from "./vendor-failure.ts";

export interface LinearOptions {
  apiKey: string;
  apiUrl: string;
  /** What one call may take. */
  timeoutMs?: number;
  redact?: Redact;
}

const answerSchema = z.object({ data: z.optional(z.unknown()), errors: z.nullish(linearErrorsSchema) });

export type LinearRequest = <T>(
  query: string,
  variables: Record<string, unknown>,
  schema: z.ZodMiniType<T>,
) => Promise<T>;

/** Linear's GraphQL API, https://linear.app/developers/graphql. Throws `Failure`, whose cause is a `LinearRefusal` where Linear refused. */
export function connectLinear({
  apiKey,
  apiUrl,
  timeoutMs = vendorTimeoutMs,
  redact = asItIs,
}: LinearOptions): LinearRequest {
  return async function request(query, variables, schema) {
    const parsed = schema.safeParse(await ask(query, variables));
    if (parsed.success) return parsed.data;
    throw unreadableAnswer("Linear", parsed.error);
  };

  async function ask(query: string, variables: Record<string, unknown>): Promise<unknown> {
    try {
      const response = await fetchRedacted(redact, apiUrl, {
        method: "POST",
        headers: { authorization: apiKey, "content-type": "application/json" },
        body: JSON.stringify({ query, variables }),
        // A key goes nowhere else.
        redirect: "manual",
        signal: callSignal(timeoutMs),
      });
      const text = await (await limitBody(response, maxLinearAnswerBytes, tooLarge())).text();
      return read(response, redactAnswer(text, redact));
    } catch (error) {
      throw error instanceof Failure ? error : refusal(undefined, error);
    }
  }
}

function read({ status, headers }: Response, text: string): unknown {
  const answer = answerSchema.safeParse(parseJson(text)).data;
  const errors = answer?.errors ?? [];
  if (status === 200 && errors.length === 0) {
    if (answer?.data) return answer.data;
    throw unreadableAnswer("Linear", new Error(`no data: ${text.slice(0, 300)}`));
  }
  const error = new LinearRefusal(status, errors, text);
  throw refusal(error.status, error, waitOf(error.status, headers));
}

function refusal(status: number | undefined, cause: unknown, retryAfterMs?: number): Failure {
  const credential = "check LINEAR_API_KEY and its access to the team";
  return vendorFailure({ vendor: "Linear", status, retryAfterMs, credential, cause });
}

function tooLarge(): Failure {
  const reply = `Linear's answer is larger than ${maxLinearAnswerBytes / 1024 / 1024} MB, so I did not read it.`;
  return new Failure("linear_too_large", { reply, retry: false });
}
