import { afterEach, beforeEach, describe, it } from "vitest";
import * as z from "zod";
import { createPostHog, type PostHog } from "./posthog.ts";

const at = Date.parse("2026-11-20T12:00:00Z");
let posthog: PostHog;
beforeEach(async () => {
  posthog = await createPostHog({ apiKey: "phx_local" });
  posthog.addPerson({ distinctIds: ["ann", "anonymous"], email: "Ann@acme.com" });
  for (const [index, distinctId] of ["ann", "anonymous", "bob"].entries()) {
    posthog.capture({
      event: "step",
      distinctId,
      at: at + index * 1000,
      sessionId: `s${index % 2}`,
      properties: { note: `say "${index}"`, list: ["a"], size: index },
    });
  }
});
afterEach(() => posthog.close());

const answerSchema = z.object({
  columns: z.array(z.string()),
  results: z.array(z.array(z.unknown())),
  hasMore: z.boolean(),
});
const authorization = "Bearer phx_local";

async function send(path: string, init: RequestInit = {}) {
  return fetch(`${posthog.url}/api/projects/1${path}`, { headers: { authorization }, ...init });
}
function post(query: string, values: object = {}) {
  const body = JSON.stringify({ query: { kind: "HogQLQuery", query, values } });
  return send("/query/", { method: "POST", body, headers: { authorization, "content-type": "application/json" } });
}
async function rows(query: string, values: object = {}) {
  return answerSchema.parse(await (await post(query, values)).json()).results;
}

describe("HogQL", () => {
  it("is run over what was captured", async ({ expect }) => {
    expect(await rows("SELECT distinct_id, timestamp FROM events WHERE distinct_id = {id}", { id: "bob" })).toEqual([
      ["bob", "2026-11-20T12:00:02.000Z"],
    ]);
    expect(await rows("select count(), uniq(person_id), max(toUnixTimestamp64Milli(timestamp)) from events")).toEqual([
      [3, 2, at + 2000],
    ]);
    expect(
      await rows("SELECT event FROM events WHERE timestamp > fromUnixTimestamp({from})", { from: at / 1000 }),
    ).toHaveLength(2);
  });

  it("gives properties as JSON's text, without a string's quotes", async ({ expect }) => {
    const query =
      "SELECT properties.note, properties.list, properties.size, properties.absent FROM events ORDER BY timestamp LIMIT 1";
    expect(await rows(query)).toEqual([['say \\"0\\"', '["a"]', "0", null]]);
  });

  it("binds values, lists included, and nothing in them is read as HogQL", async ({ expect }) => {
    const query = "SELECT distinct_id FROM events WHERE distinct_id IN {ids} ORDER BY timestamp";
    expect(await rows(query, { ids: ["bob", "ann"] })).toEqual([["ann"], ["bob"]]);
    expect(await rows(query, { ids: [] })).toEqual([]);
    expect(await rows(query, { ids: ["x') OR 1 = 1 --", "{ids}"] })).toEqual([]);
  });

  it("aggregates as ClickHouse does", async ({ expect }) => {
    const query =
      "SELECT argMaxIf(distinct_id, timestamp, distinct_id != 'bob'), argMax(distinct_id, timestamp), uniqIf(person_id, distinct_id = 'x'), maxIf(timestamp, distinct_id = 'ann'), argMaxIf(distinct_id, timestamp, event = 'x') FROM events";
    expect(await rows(query)).toEqual([["anonymous", "bob", 0, "2026-11-20T12:00:00.000Z", null]]);
  });

  it("stops at 100 rows unless told otherwise", async ({ expect }) => {
    for (let n = 0; n < 120; n++) posthog.capture({ event: "many", distinctId: "ann", at });
    const answer = answerSchema.parse(await (await post("SELECT event FROM events")).json());
    expect(answer).toMatchObject({ hasMore: true, columns: ["event"] });
    expect(answer.results).toHaveLength(100);
    expect(await rows("SELECT event FROM events LIMIT 110")).toHaveLength(110);
  });

  it.for([
    ["SELECT nothing FROM events", "Unable to resolve field: nothing"],
    ["SELECT event FROM secrets", "Unknown table `secrets`."],
    ["SELECT load_extension('x') FROM events", "Unsupported function call 'load_extension(...)'"],
    ["SELECT event FROM events WHERE event = {x}", "Unresolved placeholder: {x}"],
    ["SELECT event FROM events LIMIT 1 OFFSET 1", "OFFSET is not supported on queries made with a personal API key."],
    ["SELECT event FROM events; SELECT 1", "Syntax error"],
    ["SELECT FROM", "Syntax error"],
    ['SELECT "event" FROM events', "Syntax error"],
  ])("is refused where PostHog would: %s", async ([query = "", detail], { expect }) => {
    const response = await post(query);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      type: "validation_error",
      detail: expect.stringContaining(`${detail}`),
    });
  });
});

describe("error tracking", () => {
  it("puts the same error of several people into one issue", async ({ expect }) => {
    const frames = [{ source: "src/a.js", line: 1, name: "a" }];
    const seen = (distinctId: string, value: string, own = frames) =>
      posthog.capture({ event: "$exception", distinctId, at, exception: [{ type: "Error", value, frames: own }] });
    seen("ann", "one");
    seen("bob", "two");
    seen("bob", "other place", [{ source: "src/b.js", line: 1, name: "b" }]);
    const found = await rows(
      "SELECT issue_id, uniq(person_id) AS people FROM events WHERE event = '$exception' GROUP BY issue_id ORDER BY people",
    );
    expect(found.map(([, people]) => people)).toEqual([1, 2]);
    expect(
      await rows(
        "SELECT properties.$exception_types FROM events WHERE properties.$exception_issue_id = toString(issue_id)",
      ),
    ).toHaveLength(3);
  });
});

describe("recordings", () => {
  const session = (n: number) => `019ab5d4-7c10-7a3e-8c3d-00000000000${n}`;
  beforeEach(() => {
    for (const n of [1, 2, 3]) {
      posthog.addRecording({
        sessionId: session(n),
        distinctId: n === 3 ? "bob" : "anonymous",
        startedAt: at + n * 1000,
        durationMs: 1000,
      });
    }
  });
  const list = async (query: string) => {
    const response = await send(`/session_recordings/?${query}`);
    return z
      .object({ results: z.array(z.object({ id: z.string() })), has_next: z.boolean() })
      .parse(await response.json());
  };

  it("are listed newest first, by person and time", async ({ expect }) => {
    const [[person]] = z
      .tuple([z.tuple([z.string()])])
      .parse(await rows("SELECT id FROM persons WHERE lower(properties.email) = 'ann@acme.com'"));
    const between = "date_from=2026-11-20T00:00:00.000Z&date_to=2026-11-21T00:00:00.000Z";
    expect((await list(`${between}&person_uuid=${person}`)).results.map(({ id }) => id)).toEqual([
      session(2),
      session(1),
    ]);
    expect(await list(`${between}&limit=1`)).toMatchObject({ results: [{ id: session(3) }], has_next: true });
    expect((await list("date_from=2026-11-21T00:00:00.000Z&date_to=2026-11-22T00:00:00.000Z")).results).toEqual([]);
  });

  it("are not there, or not understood, in PostHog's words", async ({ expect }) => {
    const missing = await send(`/session_recordings/${session(9)}/`);
    expect([missing.status, await missing.json()]).toEqual([
      404,
      { type: "invalid_request", code: "not_found", detail: "Not found.", attr: null },
    ]);
    expect((await send("/session_recordings/?person=x")).status).toBe(400);
  });
});

describe("the door", () => {
  it.for<[string, RequestInit, number, string]>([
    ["no key", { headers: {} }, 401, "not_authenticated"],
    ["another key", { headers: { authorization: "Bearer phx_other" } }, 401, "authentication_failed"],
  ])("is closed to %s", async ([, init, status, code], { expect }) => {
    const response = await send("/session_recordings/", init);
    expect([response.status, await response.json()]).toEqual([
      status,
      expect.objectContaining({ type: "authentication_error", code }),
    ]);
  });

  it("asks for scopes and knows one project", async ({ expect }) => {
    posthog.scopes.length = 0;
    expect(await (await post("SELECT 1 AS one FROM events")).json()).toMatchObject({
      code: "permission_denied",
      detail: "API key missing required scope 'query:read'",
    });
    const other = await fetch(`${posthog.url}/api/projects/2/session_recordings/`, { headers: { authorization } });
    expect([other.status, await other.json()]).toEqual([
      404,
      expect.objectContaining({ detail: "Project not found." }),
    ]);
    expect(posthog.requests.map(({ operation }) => operation)).toEqual([
      "POST /query/",
      "GET /api/projects/2/session_recordings/",
    ]);
  });
});
