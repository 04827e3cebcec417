import {
  AuthenticationLinearError,
  ForbiddenLinearError,
  InvalidInputLinearError,
  parseLinearError,
  RatelimitedLinearError,
} from "@linear/sdk";
import * as z from "zod/mini";
import { Failure } from "../../shared/failure.ts";
import { maxLinearAnswerBytes, vendorTimeoutMs } from "../../shared/limits.ts";
import { parseJson } from "../../shared/parse-json.ts";
import { asItIs, type Redact } from "../../shared/redact.ts";
import { callSignal } from "../attempt.ts";
import { fetchRedacted } from "./fetch-redacted.ts";
import { limitBody } from "./limit-body.ts";
import { parseRetryAfter, unreadableAnswer, vendorFailure } from "./vendor-failure.ts";

export interface LinearOptions {
  apiKey: string;
  apiUrl: string;
  /** What one call may take. */
  timeoutMs?: number;
  redact?: Redact;
}

/** What the SDK takes for an answer of Linear's. */
type SdkAnswer = NonNullable<NonNullable<ConstructorParameters<typeof InvalidInputLinearError>[0]>["response"]>;
type SdkError = NonNullable<SdkAnswer["errors"]>[number];

const answerSchema = z.object({
  data: z.optional(z.unknown()),
  // The SDK reads of an error what is there.
  errors: z.optional(z.array(z.custom<SdkError>((error) => typeof error === "object" && error !== null))),
});

export type LinearRequest = <T>(
  query: string,
  variables: Record<string, unknown>,
  schema: z.ZodMiniType<T>,
) => Promise<T>;

/** Linear's GraphQL API, https://linear.app/developers/graphql. Throws `Failure`, whose cause is the SDK's error where Linear answered with one. */
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
      return read(response, await (await limitBody(response, maxLinearAnswerBytes, tooLarge())).text());
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
  const error = parseLinearError({ response: { status, headers, errors, error: text.slice(0, 300) } });
  throw refusal(statusOf(error, status), error, parseRetryAfter(headers.get("retry-after")));
}

/** GraphQL answers 200 or 400 with an error whose kind says more. */
function statusOf(error: Error, status: number): number {
  if (error instanceof RatelimitedLinearError) return 429;
  if (error instanceof ForbiddenLinearError) return 403;
  if (error instanceof InvalidInputLinearError) return 400;
  if (error instanceof AuthenticationLinearError && (status === 200 || status === 400)) return 401;
  return status === 200 ? 500 : status;
}

function refusal(status: number | undefined, cause: unknown, retryAfterMs?: number): Failure {
  const credential = "check LINEAR_API_KEY and its access to the team";
  return vendorFailure({ vendor: "Linear", status, retryAfterMs, credential, cause });
}

function tooLarge(): Failure {
  const reply = `Linear's answer is larger than ${maxLinearAnswerBytes / 1024 / 1024} MB, so I did not read it.`;
  return new Failure("linear_too_large", { reply, retry: false });
}
