import * as z from "zod";
import { nodeId } from "./answers.ts";
import { type FindGrant } from "./grants.ts";
import { type GitHubRepository } from "./pulls.ts";

const requestSchema = z.object({ query: z.string(), variables: z.object({ pullRequestId: z.string() }) });
const mutation = /\b(convertPullRequestToDraft|markPullRequestReadyForReview)\b/;

export interface GraphqlNeeds {
  findGrant: FindGrant;
  known: ReadonlyMap<string, GitHubRepository>;
}

/** The two mutations that REST has no like of. https://docs.github.com/graphql/reference/mutations */
export function createGraphql({ findGrant, known }: GraphqlNeeds) {
  return async function answer(request: Request): Promise<Response> {
    const token = /^(?:token|bearer) +(.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    const grant = findGrant(token);
    if (!grant) return Response.json({ message: "Bad credentials", status: "401" }, { status: 401 });
    const { query, variables } = requestSchema.parse(await request.json());
    const name = mutation.exec(query)?.[1];
    if (name === undefined) return refusal("undefinedField", "Field doesn't exist on type 'Mutation'");
    const found = [...known.values()]
      .filter(({ fullName }) => grant.sees(fullName))
      .flatMap(({ fullName, pulls }) =>
        pulls.map((pull) => ({ pull, id: nodeId("PullRequest", `${fullName}/${pull.number}`) })),
      )
      .find(({ id }) => id === variables.pullRequestId);
    if (!found) {
      const message = `Could not resolve to a node with the global id of '${variables.pullRequestId}'`;
      return refusal("NOT_FOUND", message, name);
    }
    // GitHub asks an App for both.
    if (!grant.may("pull_requests", "write") || !grant.may("contents", "write"))
      return refusal("FORBIDDEN", "Resource not accessible by integration", name);
    const isDraft = name === "convertPullRequestToDraft";
    Object.assign(found.pull, { draft: isDraft, updatedAt: new Date().toISOString() });
    return Response.json({ data: { [name]: { pullRequest: { isDraft } } } });
  };
}

/** With status 200, as GraphQL refuses. */
function refusal(type: string, message: string, path?: string): Response {
  const errors = [{ type, path: path === undefined ? [] : [path], locations: [{ line: 2, column: 5 }], message }];
  return Response.json({ data: path === undefined ? null : { [path]: null }, errors });
}
