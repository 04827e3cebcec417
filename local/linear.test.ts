import { LinearClient } from "@linear/sdk";
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, it } from "vitest";
import { createLinear, type Linear } from "./linear.ts";

const apiKey = "lin_api_local";
let linear: Linear;

beforeEach(async () => {
  linear = await createLinear({ apiKey });
});
afterEach(() => linear.close());

async function ask(query: string, variables: Record<string, unknown> = {}, credentials: object = { apiKey }) {
  const client = new LinearClient({ ...credentials, apiUrl: linear.url }).client;
  return (await client.rawRequest<unknown, Record<string, unknown>>(query, variables)).data;
}

const issueCreate = `mutation ($input: IssueCreateInput!) {
  issueCreate(input: $input) { success issue { id identifier url title team { key } state { name type } labels { nodes { name } } } }
}`;
const commentCreate = `mutation ($input: CommentCreateInput!) { commentCreate(input: $input) { success comment { id body } } }`;

describe("asked by Linear's own client", () => {
  it("finds an issue by its identifier and by its UUID", async ({ expect }) => {
    const seeded = linear.seedIssue({ identifier: "BUG-12", title: "Cart total is wrong", description: "Off by one" });
    const query = "query ($id: String!) { issue(id: $id) { id identifier title description url team { id key } } }";
    const issue = {
      id: seeded.id,
      identifier: "BUG-12",
      title: "Cart total is wrong",
      description: "Off by one",
      url: "https://linear.app/acme/issue/BUG-12/cart-total-is-wrong",
      team: { id: seeded.teamId, key: "BUG" },
    };
    expect(await ask(query, { id: "BUG-12" })).toEqual({ issue });
    expect(await ask(query, { id: seeded.id })).toEqual({ issue });
    expect(linear.requests.map(({ operation }) => operation)).toEqual(["issue", "issue"]);
  });

  it("creates an issue under the client's own id, once", async ({ expect }) => {
    const [team] = linear.workspace.teams;
    const [bug] = linear.workspace.labels;
    const id = randomUUID();
    const input = { id, teamId: team?.id, title: "Cart total", labelIds: [bug?.id] };
    expect(await ask(issueCreate, { input })).toMatchObject({
      issueCreate: {
        success: true,
        issue: { id, identifier: "BUG-1", state: { type: "backlog" }, labels: { nodes: [{ name: "Bug" }] } },
      },
    });
    await expect(ask(issueCreate, { input })).rejects.toMatchObject({
      type: "InvalidInput",
      status: 200,
      errors: [{ message: expect.stringContaining(`Entity Issue with id ${id} already exists.`) }],
      raw: { response: { errors: [{ message: "conflict on insert of Issue", extensions: { code: "INPUT_ERROR" } }] } },
    });
    expect(linear.workspace.issues).toHaveLength(1);
  });

  it("refuses an id that is no v4 UUID, for issues, comments and attachments", async ({ expect }) => {
    const { id: issueId, teamId } = linear.seedIssue({ title: "Cart" });
    const link =
      'mutation ($id: String, $issueId: String!) { attachmentLinkURL(id: $id, issueId: $issueId, url: "https://a.example") { success } }';
    const invalid = { raw: { response: { errors: [{ extensions: { code: "INVALID_INPUT" } }] } } };
    for (const id of ["not-a-uuid", "0190163a-0000-7000-8000-000000000000"]) {
      await expect(ask(issueCreate, { input: { id, teamId, title: "x" } })).rejects.toMatchObject(invalid);
      await expect(ask(commentCreate, { input: { id, issueId, body: "x" } })).rejects.toMatchObject(invalid);
      await expect(ask(link, { id, issueId })).rejects.toMatchObject(invalid);
    }
    expect([linear.workspace.issues.length, linear.comments(issueId), linear.attachments(issueId)]).toEqual([
      1,
      [],
      [],
    ]);
  });

  it("comments once per id, and edits the comment", async ({ expect }) => {
    linear.seedIssue({ identifier: "BUG-12", title: "Cart" });
    const input = { id: randomUUID(), issueId: "BUG-12", body: "Evidence" };
    await ask(commentCreate, { input });
    const conflict = { raw: { response: { errors: [{ message: "conflict on insert of Comment" }] } } };
    await expect(ask(commentCreate, { input })).rejects.toMatchObject(conflict);
    await ask('mutation ($id: String!) { commentUpdate(id: $id, input: { body: "More" }) { success } }', {
      id: input.id,
    });
    expect(linear.comments("BUG-12")).toMatchObject([{ id: input.id, body: "More", editedAt: expect.any(String) }]);
    const read = "query ($id: String!) { comment(id: $id) { body issue { identifier comments { nodes { body } } } } }";
    expect(await ask(read, { id: input.id })).toEqual({
      comment: { body: "More", issue: { identifier: "BUG-12", comments: { nodes: [{ body: "More" }] } } },
    });
  });

  it("moves, retitles and labels an issue", async ({ expect }) => {
    linear.seedIssue({ identifier: "BUG-12", title: "Cart" });
    const update = `mutation ($input: IssueUpdateInput!) {
      issueUpdate(id: "BUG-12", input: $input) { issue { title state { name } labels { nodes { name } } } }
    }`;
    const { states, labels } = linear.workspace;
    const stateId = states.find(({ name }) => name === "In Review")?.id;
    const addedLabelIds = [labels[0]?.id];
    expect(await ask(update, { input: { title: "Cart total", stateId, addedLabelIds } })).toEqual({
      issueUpdate: {
        issue: { title: "Cart total", state: { name: "In Review" }, labels: { nodes: [{ name: "Bug" }] } },
      },
    });
    await expect(ask(update, { input: { title: "Other", stateId: randomUUID() } })).rejects.toThrow("Entity not found");
    expect(linear.issue("BUG-12").title).toBe("Cart total");
  });

  it("links a URL once per issue and finds the issue by it", async ({ expect }) => {
    linear.seedIssue({ identifier: "BUG-12", title: "Cart" });
    const url = "https://acme.slack.com/archives/C0BUGS/p1";
    const link =
      'mutation ($url: String!, $title: String) { attachmentLinkURL(issueId: "BUG-12", url: $url, title: $title) { attachment { id } } }';
    expect(await ask(link, { url, title: "Thread" })).toEqual(await ask(link, { url, title: "The thread" }));
    await ask(
      `mutation { attachmentLinkGitHubPR(issueId: "BUG-12", url: "https://github.com/acme/shop/pull/1") { success } }`,
    );
    await ask(
      `mutation { attachmentCreate(input: { issueId: "BUG-12", title: "Run", url: "https://a.example" }) { success } }`,
    );
    const find = "query ($url: String!) { attachmentsForURL(url: $url) { nodes { title issue { identifier } } } }";
    expect(await ask(find, { url })).toEqual({
      attachmentsForURL: { nodes: [{ title: "The thread", issue: { identifier: "BUG-12" } }] },
    });
    expect(linear.attachments("BUG-12").map(({ sourceType }) => sourceType)).toEqual([null, "github", null]);
  });

  it("filters and pages, newest first", async ({ expect }) => {
    for (const title of ["Cart", "Search", "Cart again"]) linear.seedIssue({ title });
    const query = `query ($after: String) {
      issues(first: 1, after: $after, filter: { title: { containsIgnoreCase: "cart" }, team: { key: { eq: "BUG" } } }) {
        nodes { title } pageInfo { hasNextPage endCursor }
      }
    }`;
    const endCursor = linear.issue("BUG-3").id;
    const first = { nodes: [{ title: "Cart again" }], pageInfo: { hasNextPage: true, endCursor } };
    expect(await ask(query)).toEqual({ issues: first });
    expect(await ask(query, { after: endCursor })).toMatchObject({ issues: { nodes: [{ title: "Cart" }] } });
    const others = `{
      teams(first: 1, filter: { key: { eq: "BUG" } }) { nodes { key } }
      workflowStates(filter: { type: { eq: "completed" }, team: { key: { eq: "BUG" } } }) { nodes { name } }
      issueLabels(filter: { name: { eq: "Bug" } }) { nodes { name } }
      none: issues(filter: { or: [{ number: { eq: 9 } }, { title: { eq: "x" } }] }) { nodes { id } }
      viewer { name } organization { urlKey }
    }`;
    expect(await ask(others)).toEqual({
      teams: { nodes: [{ key: "BUG" }] },
      workflowStates: { nodes: [{ name: "Done" }] },
      issueLabels: { nodes: [{ name: "Bug" }] },
      none: { nodes: [] },
      viewer: { name: "bugbot" },
      organization: { urlKey: "acme" },
    });
    const [team] = linear.workspace.teams;
    expect(await ask("query ($id: String!) { team(id: $id) { name } }", { id: team?.id })).toEqual({
      team: { name: "Bugs" },
    });
  });
});

describe("what Linear refuses", () => {
  it.for([
    [{ apiKey: "lin_api_wrong" }, { type: "AuthenticationError", status: 401 }],
    [{ accessToken: apiKey }, { type: "InvalidInput", status: 400 }],
  ])("credentials %o", async ([credentials, error], { expect }) => {
    linear.seedIssue({ identifier: "BUG-12", title: "Cart" });
    const input = { issueId: "BUG-12", body: "x" };
    await expect(ask(commentCreate, { input }, credentials ?? {})).rejects.toMatchObject(error ?? {});
    expect(linear.comments("BUG-12")).toEqual([]);
  });

  it("takes an OAuth token as a bearer", async ({ expect }) => {
    const oauth = await createLinear({ apiKey: "lin_oauth_1" });
    const { client } = new LinearClient({ accessToken: "lin_oauth_1", apiUrl: oauth.url });
    await expect(client.rawRequest("{ viewer { id } }")).resolves.toBeDefined();
    await oauth.close();
  });

  it("an issue nobody has, a field nobody knows, a rate too high", async ({ expect }) => {
    await expect(ask(`{ issue(id: "BUG-404") { id } }`)).rejects.toMatchObject({
      status: 200,
      raw: { response: { data: null, errors: [{ message: "Entity not found: Issue", path: ["issue"] }] } },
    });
    await expect(ask("{ viewer { shoeSize } }")).rejects.toMatchObject({ type: "GraphqlError", status: 400 });
    await expect(ask("{ viewer {")).rejects.toMatchObject({ type: "GraphqlError", status: 400 });
    const extensions = { type: "ratelimited", code: "RATELIMITED" };
    const headers = { "retry-after": "9" };
    linear.fault("viewer", {
      status: 400,
      headers,
      body: { errors: [{ message: "Rate limit exceeded", extensions }] },
    });
    await expect(ask("{ viewer { id } }")).rejects.toMatchObject({ type: "Ratelimited", retryAfter: 9 });
    await expect(ask("{ viewer { id } }")).resolves.toBeDefined();
  });

  it("answers 502 after it commented", async ({ expect }) => {
    linear.seedIssue({ identifier: "BUG-12", title: "Cart" });
    linear.fault("commentCreate", { status: 502, afterEffect: true });
    await expect(ask(commentCreate, { input: { issueId: "BUG-12", body: "x" } })).rejects.toMatchObject({
      status: 502,
    });
    expect(linear.comments("BUG-12")).toHaveLength(1);
  });
});
