import { buildSchema, graphql, GraphQLError, Kind, parse, validate } from "graphql";
import * as z from "zod";
import { createAnswers } from "./linear/answers.ts";
import { refusal } from "./linear/errors.ts";
import { createMutations } from "./linear/mutations.ts";
import { linearSchema } from "./linear/schema.ts";
import { createWorkspace, record } from "./linear/workspace.ts";
import { type RecordedRequest, startStandIn } from "./stand-in.ts";

export interface LinearOptions {
  apiKey: string;
  /** The workspace in its URLs. Default "acme". */
  urlKey?: string;
  /** Default: one team, BUG. */
  teams?: { id?: string; key: string; name: string }[];
}

const bodySchema = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});
const schema = buildSchema(linearSchema);

/** A local stand-in for Linear's GraphQL API. https://linear.app/developers/graphql */
export async function createLinear({ apiKey, urlKey = "acme", teams = [{ key: "BUG", name: "Bugs" }] }: LinearOptions) {
  const workspace = createWorkspace(urlKey, teams);
  const answers = createAnswers(workspace);
  const rootValue = { ...answers.queries, ...createMutations(workspace, answers) };

  async function answer(_request: Request, { headers, path, body }: RecordedRequest): Promise<Response> {
    if (path !== "/graphql") return new Response("Not found", { status: 404 });
    const refused = refuseCredentials(headers["authorization"]);
    if (refused) return refused;
    const given = bodySchema.safeParse(body);
    if (!given.success) {
      return refusal(
        400,
        "GraphQL operations must contain a non-empty `query`",
        "graphql error",
        "BAD_REQUEST",
        "Bad request",
      );
    }
    const { query: source, variables: variableValues, operationName } = given.data;
    const invalid = invalidities(source);
    if (invalid.length > 0) return Response.json({ errors: invalid }, { status: 400 });
    const { data = null, errors } = await graphql({ schema, source, rootValue, variableValues, operationName });
    return Response.json(errors ? { errors: errors.map(explained), data } : { data });
  }

  function refuseCredentials(authorization: string | undefined): Response | undefined {
    const bearer = authorization?.startsWith("Bearer ");
    if (bearer && authorization === `Bearer ${apiKey}` && apiKey.startsWith("lin_api_")) {
      const message =
        "It looks like you're trying to use an API key as a Bearer token. Remove the Bearer prefix from the Authorization header.";
      return refusal(400, message, "invalid input", "INPUT_ERROR", message);
    }
    if (authorization === apiKey || authorization === `Bearer ${apiKey}`) return undefined;
    const presentable = "You need to authenticate to access this operation.";
    return refusal(
      401,
      "Authentication required, not authenticated",
      "authentication error",
      "AUTHENTICATION_ERROR",
      presentable,
    );
  }

  const { origin, ...standIn } = await startStandIn({ answer, operation: ({ body }) => firstField(body) });
  return {
    ...standIn,
    /** For `LINEAR_API_URL` and LinearClient's `apiUrl`. */
    url: `${origin}/graphql`,
    workspace,
    /** Puts an issue there as if a person had written it. */
    seedIssue: ({ identifier, title, description }: { identifier?: string; title: string; description?: string }) => {
      const [key, number] = identifier?.split("-") ?? [];
      const team = key === undefined ? workspace.teams[0] : workspace.teams.find((candidate) => candidate.key === key);
      if (!team) throw new Error(`no team for ${identifier ?? "an issue"}`);
      return workspace.addIssue({ team, title, description, ...(number && { number: Number(number) }) });
    },
    /** Shows a page on an issue, as Linear's own integrations do. */
    seedAttachment: ({ issueId, url }: { issueId: string; url: string }) =>
      void workspace.attachments.push({
        ...record(),
        issueId,
        url,
        title: url,
        subtitle: null,
        sourceType: "slack",
        metadata: {},
      }),
    issue: (id: string) => workspace.findIssue(id),
    /** Oldest first. */
    comments: (id: string) => workspace.comments.filter(({ issueId }) => issueId === workspace.findIssue(id).id),
    attachments: (id: string) => workspace.attachments.filter(({ issueId }) => issueId === workspace.findIssue(id).id),
  };
}
export type Linear = Awaited<ReturnType<typeof createLinear>>;

function invalidities(source: string): object[] {
  const http = { status: 400, headers: {} };
  try {
    const extensions = { http, code: "GRAPHQL_VALIDATION_FAILED", type: "graphql error", userError: true };
    return validate(schema, parse(source)).map((error) => ({ ...error.toJSON(), extensions }));
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return [
      { ...error.toJSON(), extensions: { http, code: "GRAPHQL_PARSE_FAILED", type: "graphql error", userError: true } },
    ];
  }
}

/** An error that no resolver made is a bad variable, or a bug of the stand-in: that one is thrown. */
function explained(error: GraphQLError): object {
  if (error.originalError && !(error.originalError instanceof GraphQLError)) throw error.originalError;
  if (error.extensions["code"]) return error.toJSON();
  return { ...error.toJSON(), extensions: { code: "BAD_USER_INPUT", type: "graphql error", userError: true } };
}

/** What is asked for: "issueCreate". */
function firstField(body: unknown): string {
  try {
    const { definitions } = parse(bodySchema.parse(body).query);
    const operation = definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    if (operation?.kind !== Kind.OPERATION_DEFINITION) return "";
    const [field] = operation.selectionSet.selections;
    return field?.kind === Kind.FIELD ? field.name.value : "";
  } catch {
    return "";
  }
}
