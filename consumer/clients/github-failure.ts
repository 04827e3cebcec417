import * as z from "zod/mini";
import { Failure } from "../../shared/failure.ts";
import { parseRetryAfter, vendorFailure } from "./vendor-failure.ts";

/** Octokit's `RequestError`; without a `response` the request itself failed, whatever status it claims. */
const requestErrorSchema = z.object({
  status: z.number(),
  message: z.string(),
  response: z.object({ headers: z.record(z.string(), z.unknown()) }),
});
const graphqlErrorSchema = z.object({ name: z.literal("GraphqlResponseError"), errors: z.array(z.unknown()) });
const causedSchema = z.object({ cause: z.instanceof(Failure) });

export interface Refusal {
  status?: number;
  /** GitHub's words. */
  message?: string;
  retryAfterMs?: number | undefined;
}

/** What GitHub answered, of something Octokit threw. */
export function readRefusal(error: unknown): Refusal {
  const parsed = requestErrorSchema.safeParse(error);
  if (!parsed.success) return {};
  const { status, message, response } = parsed.data;
  return { status, message, retryAfterMs: retryAfterMs(status, message, response.headers) };
}

/** https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit */
function retryAfterMs(status: number, message: string, headers: Record<string, unknown>): number | undefined {
  const asked = headers["retry-after"];
  const askedMs = typeof asked === "string" ? parseRetryAfter(asked) : undefined;
  if (askedMs !== undefined) return askedMs;
  // The primary limit says when it ends, not how long that is.
  const reset = headers["x-ratelimit-reset"];
  if (headers["x-ratelimit-remaining"] === "0" && typeof reset === "string" && /^\d+$/.test(reset)) {
    return 1000 * Math.max(1, Math.ceil(Number(reset) - Date.now() / 1000));
  }
  // A secondary limit may say nothing: "wait for at least one minute".
  return status === 429 || (status === 403 && /rate limit/i.test(message)) ? 60_000 : undefined;
}

/** What GraphQL answers with 200 and refuses all the same. */
export function isGraphqlRefusal(error: unknown): boolean {
  return graphqlErrorSchema.safeParse(error).success;
}

/** In the words a person can act on. */
export function githubFailure(error: unknown, credential: { whenUnknown: string; whenForbidden: string }): Failure {
  if (error instanceof Failure) return error;
  const caused = causedSchema.safeParse(error);
  if (caused.success) return caused.data.cause;
  const { status, retryAfterMs: waitMs } = readRefusal(error);
  const { whenUnknown, whenForbidden } = credential;
  return vendorFailure({
    vendor: "GitHub",
    status,
    retryAfterMs: waitMs,
    credential: status === 401 ? whenUnknown : whenForbidden,
    cause: error,
  });
}
