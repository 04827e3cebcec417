import { LinearClient } from "@linear/sdk";
import * as z from "zod/mini";
import { vendorTimeoutMs } from "../../shared/limits.ts";
import { attachmentCreateMutation, issueCreateMutation, issueQuery, teamsQuery } from "./linear-queries.ts";
import { parseRetryAfter, vendorFailure } from "./vendor-failure.ts";

export interface LinearOptions {
  apiKey: string;
  apiUrl: string;
}

const issueSchema = z.object({
  id: z.string(),
  identifier: z.string(),
  title: z.string(),
  description: z.pipe(
    z.nullish(z.string()),
    z.transform((text) => text ?? ""),
  ),
  url: z.string(),
});
export type Issue = z.infer<typeof issueSchema>;

export type Linear = ReturnType<typeof createLinear>;

/** Linear in bugbot's words. Every method throws `Failure`; ids are Linear's UUIDs. */
export function createLinear({ apiKey, apiUrl }: LinearOptions) {
  const { client } = new LinearClient({ apiKey, apiUrl });

  async function request<T>(query: string, variables: Record<string, unknown>, schema: z.ZodMiniType<T>): Promise<T> {
    const { data } = await withTimeout(client.rawRequest<unknown, Record<string, unknown>>(query, variables));
    return schema.parse(data);
  }

  const linear = {
    /** By UUID or identifier (`BUG-12`). */
    async issue(id: string): Promise<Issue | undefined> {
      try {
        return (await request(issueQuery, { id }, z.object({ issue: z.nullish(issueSchema) }))).issue ?? undefined;
      } catch (error) {
        if (isInvalidInput(error)) return undefined;
        throw toFailure(error);
      }
    },

    /** The team with this key, or the first one. */
    async teamId(key?: string): Promise<string | undefined> {
      const schema = z.object({ teams: z.object({ nodes: z.array(z.object({ id: z.string() })) }) });
      try {
        const { teams } = await request(teamsQuery, { filter: key ? { key: { eq: key } } : null }, schema);
        return teams.nodes[0]?.id;
      } catch (error) {
        throw toFailure(error);
      }
    },

    /** `id` is a UUID v4 made from what the issue is for: asked twice, it answers with the first one's issue. */
    async createIssue(input: { id: string; teamId: string; title: string; description: string }): Promise<Issue> {
      const schema = z.object({ issueCreate: z.object({ issue: issueSchema }) });
      try {
        return (await request(issueCreateMutation, { input }, schema)).issueCreate.issue;
      } catch (error) {
        // Linear documents no wording for a taken id: whatever it refused, the issue under that id is the answer.
        const existing = isInvalidInput(error) ? await linear.issue(input.id) : undefined;
        if (existing) return existing;
        throw toFailure(error);
      }
    },

    /** Shows `url` on the issue. Linear keeps one attachment per URL. */
    async attach(input: { issueId: string; title: string; subtitle: string; url: string }): Promise<void> {
      try {
        await request(
          attachmentCreateMutation,
          { input },
          z.object({ attachmentCreate: z.object({ success: z.boolean() }) }),
        );
      } catch (error) {
        throw toFailure(error);
      }
    },
  };
  return linear;
}

/** The SDK has no time limit of its own and takes no signal. */
async function withTimeout<T>(request: Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(vendorTimeoutMs);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error(`no answer within ${vendorTimeoutMs} ms`)));
  });
  return Promise.race([request, late]);
}

/** What the SDK throws when Linear answered with an error. */
const clientErrorSchema = z.object({
  response: z.object({
    status: z.optional(z.number()),
    headers: z.optional(z.instanceof(Headers)),
    errors: z.optional(
      z.array(
        z.object({
          message: z.optional(z.string()),
          extensions: z.optional(z.object({ type: z.optional(z.string()), code: z.optional(z.string()) })),
        }),
      ),
    ),
  }),
});

function readError(error: unknown): {
  status?: number | undefined;
  codes: string[];
  retryAfter?: string | null | undefined;
} {
  const parsed = clientErrorSchema.safeParse(error);
  if (!parsed.success) return { codes: [] };
  const { status, headers, errors = [] } = parsed.data.response;
  const codes = errors
    .flatMap(({ extensions }) => [extensions?.type, extensions?.code])
    .filter((code) => code !== undefined);
  return {
    status,
    codes: codes.map((code) => code.toLowerCase().replaceAll("_", " ")),
    retryAfter: headers?.get("retry-after"),
  };
}

/** Also how Linear says that an id is unknown, or taken. */
function isInvalidInput(error: unknown): boolean {
  return readError(error).codes.some((code) => code === "invalid input" || code === "input error");
}

function toFailure(error: unknown) {
  const { status, codes, retryAfter } = readError(error);
  const known = codes.includes("ratelimited")
    ? 429
    : codes.includes("authentication error")
      ? 401
      : codes.includes("forbidden")
        ? 403
        : status;
  return vendorFailure({
    vendor: "Linear",
    // GraphQL answers 200 with errors: an error without a known code is the server's.
    status: known === 200 ? 500 : known,
    retryAfterMs: parseRetryAfter(retryAfter),
    credential: "check LINEAR_API_KEY and its access to the team",
    cause: error,
  });
}
