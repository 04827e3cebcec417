import {
  AuthenticationLinearError,
  ForbiddenLinearError,
  InvalidInputLinearError,
  LinearClient,
  LinearError,
  RatelimitedLinearError,
} from "@linear/sdk";
import * as z from "zod/mini";
import { Failure } from "../../shared/failure.ts";
import { vendorTimeoutMs } from "../../shared/limits.ts";
import {
  attachmentCreateMutation,
  attachmentsQuery,
  commentCreateMutation,
  commentUpdateMutation,
  issueCreateMutation,
  issueQuery,
  issuesQuery,
  issueUpdateMutation,
  teamsQuery,
} from "./linear-queries.ts";
import { parseRetryAfter, unreadableAnswer, vendorFailure } from "./vendor-failure.ts";

export interface LinearOptions {
  apiKey: string;
  apiUrl: string;
  /** What one call may take. */
  timeoutMs?: number;
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

/** https://linear.app/developers/filtering: a workflow state's `type`, one of triage, backlog, unstarted, started, completed, canceled. */
const closedStates = ["completed", "canceled", "duplicate"];

const connection = <T extends z.ZodMiniType>(node: T) => z.object({ nodes: z.array(node) });
export const teamSchema = z.object({
  id: z.string(),
  key: z.string(),
  states: connection(z.object({ id: z.string(), name: z.string(), type: z.string() })),
  labels: connection(z.object({ id: z.string(), name: z.string() })),
});
/** A team, its workflow states and its labels. */
export type Team = z.infer<typeof teamSchema>;

export interface NewIssue {
  /** A UUID v4 made from what the issue is for. */
  id: string;
  teamId: string;
  title: string;
  description: string;
  labelIds?: readonly string[];
}

export type Linear = ReturnType<typeof createLinear>;

/** Linear in bugbot's words. Every method throws `Failure`; ids are Linear's UUIDs. */
export function createLinear({ apiKey, apiUrl, timeoutMs = vendorTimeoutMs }: LinearOptions) {
  const { client } = new LinearClient({ apiKey, apiUrl });

  async function request<T>(query: string, variables: Record<string, unknown>, schema: z.ZodMiniType<T>): Promise<T> {
    const { data } = await withTimeout(
      client.rawRequest<unknown, Record<string, unknown>>(query, variables),
      timeoutMs,
    );
    const parsed = schema.safeParse(data);
    if (parsed.success) return parsed.data;
    throw unreadableAnswer("Linear", parsed.error);
  }

  return {
    /** By UUID or identifier (`BUG-12`). */
    async issue(id: string): Promise<Issue | undefined> {
      try {
        return (await request(issueQuery, { id }, z.object({ issue: z.nullish(issueSchema) }))).issue ?? undefined;
      } catch (error) {
        if (isInvalidInput(error)) return undefined;
        throw toFailure(error);
      }
    },

    /** Open issues that `typed` names by identifier, number or team, or whose title holds it; the latest first. */
    async openIssues(typed: string, limit: number): Promise<{ identifier: string; title: string }[]> {
      const schema = z.object({
        issues: z.object({ nodes: z.array(z.object({ identifier: z.string(), title: z.string() })) }),
      });
      const [, key, number] = /^(?:([a-z][a-z0-9]{0,9})-?)?(\d{1,7})?$/i.exec(typed) ?? [];
      const named = {
        ...(key && { team: { key: { eqIgnoreCase: key } } }),
        ...(number && { number: { eq: Number(number) } }),
      };
      const about = [
        ...(typed === "" ? [] : [{ title: { containsIgnoreCase: typed } }]),
        ...(key || number ? [named] : []),
      ];
      const filter = { state: { type: { nin: closedStates } }, ...(about.length > 0 && { or: about }) };
      try {
        return (await request(issuesQuery, { filter, first: limit }, schema)).issues.nodes;
      } catch (error) {
        throw toFailure(error);
      }
    },

    /** The team with this key, or the first one. */
    async team(key?: string): Promise<Team | undefined> {
      const schema = z.object({ teams: connection(teamSchema) });
      try {
        const { teams } = await request(teamsQuery, { filter: key ? { key: { eq: key } } : null }, schema);
        return teams.nodes[0];
      } catch (error) {
        throw toFailure(error);
      }
    },

    /** The newest open issue that shows this URL. */
    async openIssueWithLink(url: string): Promise<Issue | undefined> {
      const node = z.object({ issue: z.extend(issueSchema, { state: z.object({ type: z.string() }) }) });
      try {
        const found = await request(attachmentsQuery, { url }, z.object({ attachmentsForURL: connection(node) }));
        const open = found.attachmentsForURL.nodes.find(({ issue }) => !closedStates.includes(issue.state.type));
        return open && issueSchema.parse(open.issue);
      } catch (error) {
        throw toFailure(error);
      }
    },

    /** Throws the `Failure` `linear_rejected` also where the id is taken. */
    async createIssue(input: NewIssue): Promise<Issue> {
      const schema = z.object({ issueCreate: z.object({ issue: issueSchema }) });
      try {
        return (await request(issueCreateMutation, { input }, schema)).issueCreate.issue;
      } catch (error) {
        throw toFailure(error);
      }
    },

    /** Writes the comment with this id (a UUID v4), or writes it anew. Returns its URL. */
    async comment({ id, issueId, body }: { id: string; issueId: string; body: string }): Promise<string> {
      const comment = z.object({ comment: z.object({ url: z.string() }) });
      try {
        const created = await request(
          commentCreateMutation,
          { input: { id, issueId, body } },
          z.object({ commentCreate: comment }),
        );
        return created.commentCreate.comment.url;
      } catch (error) {
        if (!isInvalidInput(error)) throw toFailure(error);
      }
      try {
        const updated = await request(
          commentUpdateMutation,
          { id, input: { body } },
          z.object({ commentUpdate: comment }),
        );
        return updated.commentUpdate.comment.url;
      } catch (error) {
        throw toFailure(error);
      }
    },

    /** Puts an issue into a workflow state of its team. */
    async move(issueId: string, stateId: string): Promise<void> {
      const moved = z.object({ issueUpdate: z.object({ success: z.boolean() }) });
      try {
        await request(issueUpdateMutation, { id: issueId, input: { stateId } }, moved);
      } catch (error) {
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
}

/** The SDK has no time limit of its own and takes no signal. */
async function withTimeout<T>(request: Promise<T>, timeoutMs: number): Promise<T> {
  const signal = AbortSignal.timeout(timeoutMs);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error(`no answer within ${timeoutMs} ms`)));
  });
  return Promise.race([request, late]);
}

/** Also how Linear says that an id is unknown, or taken. */
function isInvalidInput(error: unknown): boolean {
  return error instanceof InvalidInputLinearError;
}

/** GraphQL answers 200 with errors: only the types that name a cause say more than "it failed". */
function statusOf(error: LinearError): number | undefined {
  if (error instanceof RatelimitedLinearError) return 429;
  if (error instanceof AuthenticationLinearError) return 401;
  if (error instanceof ForbiddenLinearError) return 403;
  if (error instanceof InvalidInputLinearError) return 400;
  return error.status === 200 ? 500 : error.status;
}

function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  // The SDK has no error of its own for these: no JSON, and neither data nor errors.
  const isEmpty = error instanceof LinearError && error.status === 200 && !error.errors?.length;
  if (isEmpty || error instanceof SyntaxError) return unreadableAnswer("Linear", error);
  return vendorFailure({
    vendor: "Linear",
    status: error instanceof LinearError ? statusOf(error) : undefined,
    retryAfterMs: error instanceof RatelimitedLinearError ? parseRetryAfter(error.retryAfter) : undefined,
    credential: "check LINEAR_API_KEY and its access to the team",
    cause: error,
  });
}
