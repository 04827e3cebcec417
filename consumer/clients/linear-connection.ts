import * as z from "zod/mini";
import { Failure } from "../../shared/failure.ts";
import { maxLinearAnswerBytes, vendorTimeoutMs } from "../../shared/limits.ts";
import { parseJson } from "../../shared/parse-json.ts";
import { limitBody } from "./limit-body.ts";
import { parseRetryAfter, unreadableAnswer, vendorFailure } from "./vendor-failure.ts";

export interface LinearOptions {
  apiKey: string;
  apiUrl: string;
  /** What one call may take. */
  timeoutMs?: number;
}

const answerSchema = z.object({
  data: z.optional(z.unknown()),
  errors: z.optional(
    z.array(
      z.object({
        message: z.optional(z.string()),
        extensions: z.optional(
          z.object({ type: z.optional(z.string()), userPresentableMessage: z.optional(z.string()) }),
        ),
      }),
    ),
  ),
});

/** GraphQL answers 200 with errors: these types of them say more than "it failed". */
const statusOfType = new Map([
  ["ratelimited", 429],
  ["authentication error", 401],
  ["forbidden", 403],
  ["invalid input", 400],
]);

/** What Linear says when an id is unknown, or taken, or anything else in the input is not to its liking. Nothing was done. */
export class InvalidInput extends Error {}

export type LinearRequest = <T>(
  query: string,
  variables: Record<string, unknown>,
  schema: z.ZodMiniType<T>,
) => Promise<T>;

/** Linear's GraphQL API, https://linear.app/developers/graphql. Throws `Failure`, whose cause may be `InvalidInput`. */
export function connectLinear({ apiKey, apiUrl, timeoutMs = vendorTimeoutMs }: LinearOptions): LinearRequest {
  return async function request(query, variables, schema) {
    const parsed = schema.safeParse(await ask(query, variables));
    if (parsed.success) return parsed.data;
    throw unreadableAnswer("Linear", parsed.error);
  };

  async function ask(query: string, variables: Record<string, unknown>): Promise<unknown> {
    try {
      const response = await fetch(apiUrl, {
        method: "POST",
        headers: { authorization: apiKey, "content-type": "application/json" },
        body: JSON.stringify({ query, variables }),
        // A key goes nowhere else.
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
      });
      return read(response, await (await limitBody(response, maxLinearAnswerBytes, tooLarge())).text());
    } catch (error) {
      throw error instanceof Failure ? error : refusal(undefined, error);
    }
  }
}

function read({ status, headers }: Response, text: string): unknown {
  const answer = answerSchema.safeParse(parseJson(text)).data;
  const [error] = answer?.errors ?? [];
  if (status === 200 && !error) {
    if (answer?.data) return answer.data;
    throw unreadableAnswer("Linear", new Error(`no data: ${text.slice(0, 300)}`));
  }
  const { type = "", userPresentableMessage } = error?.extensions ?? {};
  const words = `${status} ${type}: ${userPresentableMessage ?? error?.message ?? text}`.slice(0, 300);
  throw refusal(
    statusOfType.get(type) ?? (status === 200 ? 500 : status),
    type === "invalid input" ? new InvalidInput(words) : new Error(words),
    parseRetryAfter(headers.get("retry-after")),
  );
}

function refusal(status: number | undefined, cause: unknown, retryAfterMs?: number): Failure {
  const credential = "check LINEAR_API_KEY and its access to the team";
  return vendorFailure({ vendor: "Linear", status, retryAfterMs, credential, cause });
}

function tooLarge(): Failure {
  const reply = `Linear's answer is larger than ${maxLinearAnswerBytes / 1024 / 1024} MB, so I did not read it.`;
  return new Failure("linear_too_large", { reply, retry: false });
}
