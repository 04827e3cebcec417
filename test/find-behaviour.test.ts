import * as fc from "fast-check";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, it } from "vitest";
import * as z from "zod";
import { createPostHog as createClient } from "../consumer/clients/posthog.ts";
import { type BehaviourQuestion, findBehaviour } from "../consumer/evidence/find-behaviour.ts";
import { tooLate } from "../consumer/evidence/time-limit.ts";
import { demoCustomer, seedDemoBehaviour } from "../local/demo-behaviour.ts";
import { createPostHog, type PostHog, postHogThrottled } from "../local/posthog.ts";

const { email, sessionId } = demoCustomer;
const now = Date.parse("2026-11-20T12:00:00Z");
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const startedAt = now - 45 * minuteMs;

const bodySchema = z.object({ query: z.object({ query: z.string(), name: z.string() }) });

let server: PostHog;
beforeEach(async () => {
  server = await createPostHog({ apiKey: "phx_local", projectId: "12" });
  seedDemoBehaviour(server, now);
});
afterEach(() => server.close());

function ask(
  asked: Partial<BehaviourQuestion>,
  apiKey = "phx_local",
  projectId = "12",
  signal = new AbortController().signal,
) {
  const posthog = createClient({ apiKey, projectId, host: server.url });
  return findBehaviour(
    { sessionIds: [], emails: [], reportText: "", reportedAt: now, askedAt: now, ...asked },
    { posthog, limit: { early: signal, late: signal } },
  );
}
const operations = () => server.requests.map(({ operation }) => operation);
const replay = (second: number) => `${server.url}/project/12/replay/${sessionId}?t=${second}`;

const discountError = {
  type: "RangeError",
  message: "The discount of WELCOME10 is 9.60, and its code allows 4.80",
  frames: [
    { file: "src/cart.js", line: 29, symbol: "totals" },
    { file: "src/cart.js", line: 22, symbol: "applyCode" },
    { file: "src/server.js", line: 14, symbol: "answer" },
  ],
  affectedUsers: 3,
  firstSeenAt: now - 9 * dayMs,
  lastSeenAt: startedAt + 62_000,
};

describe("what PostHog knows of a session", () => {
  it.for([
    ["its id", [sessionId]],
    ["its id in capitals", [sessionId.toUpperCase()]],
  ] as const)(
    "is found by %s: its recording a few seconds before the exception, its actions, its exception",
    async ([, sessionIds], { expect }) => {
      const { person, recordings, exceptions, gaps } = await ask({ sessionIds });
      expect(person).toBeUndefined();
      expect(gaps).toBeUndefined();
      expect(recordings).toMatchObject([
        { sessionId, url: replay(57), startedAt, durationMs: 4 * minuteMs, consoleErrors: 1 },
      ]);
      expect(recordings[0]?.timeline).toEqual([
        { at: startedAt + 1_000, kind: "page", what: "opened /products", url: replay(1) },
        { at: startedAt + 20_000, kind: "click", what: "clicked Add to cart", url: replay(20) },
        { at: startedAt + 31_000, kind: "page", what: "opened /cart", url: replay(31) },
        { at: startedAt + 58_000, kind: "click", what: "clicked Apply", url: replay(58) },
        { at: startedAt + 61_000, kind: "click", what: "clicked Apply", url: replay(61) },
        {
          at: startedAt + 62_000,
          kind: "exception",
          what: "RangeError: The discount of WELCOME10 is 9.60, and its code allows 4.80",
          url: replay(62),
        },
        { at: startedAt + 95_000, kind: "click", what: "clicked Remove code again and again", url: replay(95) },
      ]);
      expect(exceptions).toEqual([
        {
          ...discountError,
          url: expect.stringMatching(new RegExp(`^${server.url}/project/12/error_tracking/[0-9a-f-]{36}$`)),
        },
      ]);
      expect(operations().toSorted()).toEqual(["GET /session_recordings/:id/", "POST /query/", "POST /query/"]);
    },
  );

  it("is its last twenty actions, and its exceptions however long before", async ({ expect }) => {
    for (let second = 100; second < 130; second++) {
      server.capture({
        event: `step ${second}`,
        distinctId: "customer-4711",
        sessionId,
        at: startedAt + second * 1000,
      });
    }
    const [recording] = (await ask({ sessionIds: [sessionId] })).recordings;
    expect(recording?.timeline.map(({ what }) => what)).toEqual([
      expect.stringMatching(/^RangeError: The discount/),
      ...Array.from({ length: 20 }, (_, n) => `step ${n + 110}`),
    ]);
    expect(recording?.url).toBe(replay(57));
  });

  it("names the person when the report does", async ({ expect }) => {
    const { person } = await ask({ sessionIds: [sessionId], emails: ["Mia@Customers.Example"] });
    expect(person).toMatchObject({ email: "Mia@Customers.Example" });
    expect(person?.url).toMatch(/\/project\/12\/persons\/[0-9a-f-]{36}$/);
  });

  it("is nothing when nobody recorded it", async ({ expect }) => {
    expect(await ask({ sessionIds: ["019ab5d4-7c10-7a3e-8c3d-000000000000"] })).toEqual({
      recordings: [],
      exceptions: [],
    });
  });
});

describe("what PostHog knows of a person", () => {
  it("is found by e-mail, however it is written", async ({ expect }) => {
    const { person, recordings, exceptions } = await ask({ emails: [email.toUpperCase()] });
    expect(person?.email).toBe(email.toUpperCase());
    expect(recordings).toMatchObject([{ sessionId, url: replay(57) }]);
    expect(recordings[0]?.timeline).toHaveLength(7);
    expect(exceptions).toMatchObject([discountError]);
  });

  it("is found where the e-mail is only what identifies them", async ({ expect }) => {
    server.addPerson({ distinctIds: ["Bob@customers.example"] });
    server.addRecording({ sessionId: sessionAt(1), distinctId: "Bob@customers.example", startedAt, durationMs: 1000 });
    const { person, recordings } = await ask({ emails: ["bob@customers.example"] });
    expect(person?.email).toBe("bob@customers.example");
    expect(recordings).toMatchObject([{ sessionId: sessionAt(1) }]);
  });

  it("is the five recordings around the report, none from after it or from long ago", async ({ expect }) => {
    server.addPerson({ distinctIds: ["bob"], email: "bob@customers.example" });
    const starts = [-20 * dayMs, -3 * dayMs, -3 * 60, -90, -60, -30, -5, 120].map((minutes) =>
      minutes < -1000 ? minutes : minutes * minuteMs,
    );
    for (const [index, offset] of starts.entries()) {
      const recording = {
        sessionId: sessionAt(index),
        distinctId: "bob",
        startedAt: now + offset,
        durationMs: 10 * minuteMs,
      };
      server.addRecording(recording);
    }
    const { recordings } = await ask({ emails: ["bob@customers.example"] });
    expect(recordings.map(({ sessionId: id }) => id)).toEqual([6, 5, 4, 3, 2].map(sessionAt));
  });

  it("is those around a report of last week, however many came after", async ({ expect }) => {
    server.addPerson({ distinctIds: ["bob"], email: "bob@customers.example" });
    const lastWeek = now - 7 * dayMs;
    const add = (at: number, sessionOf: string) =>
      server.addRecording({ sessionId: sessionOf, distinctId: "bob", startedAt: at, durationMs: minuteMs });
    add(lastWeek - 10 * minuteMs, sessionAt(1));
    for (let hour = 2; hour < 60; hour++) add(lastWeek + hour * 60 * minuteMs, sessionAt(100 + hour));
    const { recordings } = await ask({ emails: ["bob@customers.example"], reportedAt: lastWeek });
    expect(recordings.map(({ sessionId: id }) => id)).toEqual([sessionAt(1)]);
    const listed = server.requests.find(({ operation }) => operation === "GET /session_recordings/");
    const window = new URL(listed?.path ?? "", server.url).searchParams;
    expect(window.get("date_from")).toBe(new Date(lastWeek - 14 * dayMs).toISOString());
    expect(window.get("date_to")).toBe(new Date(lastWeek + 60 * minuteMs).toISOString());
  });

  it("counts others until today, whenever it was reported", async ({ expect }) => {
    const { exceptions } = await ask({ emails: [email], reportedAt: now - 5 * dayMs });
    expect(exceptions).toMatchObject([{ affectedUsers: 3, lastSeenAt: startedAt + 62_000 }]);
    const later = await ask({ emails: [email], reportedAt: now, askedAt: now + 13 * dayMs });
    expect(later.exceptions).toMatchObject([{ affectedUsers: 1 }]);
  });

  it("is beside the error that the report quotes, which comes first", async ({ expect }) => {
    const thrown = [{ type: "TypeError", value: "the basket is not iterable" }];
    server.capture({ event: "$exception", distinctId: "somebody", at: now - dayMs, exception: thrown });
    const { exceptions } = await ask({ emails: [email], reportText: "TypeError: the basket is not iterable" });
    expect(exceptions.map(({ type }) => type)).toEqual(["TypeError", "RangeError"]);
  });

  it("holds exceptions without any recording", async ({ expect }) => {
    server.addPerson({ distinctIds: ["bob"], email: "bob@customers.example" });
    server.capture({
      event: "$exception",
      distinctId: "bob",
      at: now - dayMs,
      exception: [{ type: "Error", value: "No" }],
    });
    const { recordings, exceptions } = await ask({ emails: ["bob@customers.example"] });
    expect(recordings).toEqual([]);
    expect(exceptions).toMatchObject([{ type: "Error", message: "No", frames: [], affectedUsers: 1 }]);
  });

  it("is nothing for somebody unknown, and no recordings are asked for", async ({ expect }) => {
    expect(await ask({ emails: ["nobody@customers.example"] })).toEqual({ recordings: [], exceptions: [] });
    expect(operations()).toEqual(["POST /query/"]);
  });

  it("is asked for when the named session is not recorded", async ({ expect }) => {
    const { recordings } = await ask({ sessionIds: [sessionAt(9)], emails: [email] });
    expect(recordings).toMatchObject([{ sessionId }]);
  });
});

describe("an error that the report quotes", () => {
  it.for([
    "Checkout fails: RangeError: The discount of WELCOME10 is 9.60, and its code allows 4.80",
    "> Uncaught RangeError: the discount of welcome10 is\n> at totals",
    "It broke\n  at totals (https://shop.acme.example/src/cart.js:29:3)",
  ])("is found without a person: %s", async (reportText, { expect }) => {
    const { recordings, exceptions } = await ask({ reportText });
    expect(recordings).toEqual([]);
    expect(exceptions).toMatchObject([discountError]);
    expect(operations()).toEqual(["POST /query/"]);
  });

  it("is not found when it says something else, or is of long ago", async ({ expect }) => {
    server.capture({
      event: "$exception",
      distinctId: "x",
      at: now - 15 * dayMs,
      exception: [{ type: "OldError", value: "gone by now" }],
    });
    expect((await ask({ reportText: "RangeError: the quantity is negative" })).exceptions).toEqual([]);
    expect((await ask({ reportText: "OldError: gone by now" })).exceptions).toEqual([]);
  });

  it("comes first, and the recording opens at it", async ({ expect }) => {
    const other = [{ type: "TypeError", value: "x is not a function" }];
    const seen = { event: "$exception", distinctId: "customer-4711", sessionId };
    server.capture({ ...seen, at: startedAt + 100_000, exception: other });
    const { exceptions, recordings } = await ask({ sessionIds: [sessionId] });
    expect(exceptions.map(({ type }) => type)).toEqual(["TypeError", "RangeError"]);
    expect(recordings[0]?.url).toBe(replay(95));
    const quoted = await ask({ sessionIds: [sessionId], reportText: `Look: ${discountError.message}!` });
    expect(quoted.exceptions.map(({ type }) => type)).toEqual(["RangeError", "TypeError"]);
    expect(quoted.recordings[0]?.url).toBe(replay(57));
  });

  it("asks PostHog nothing when the report names nothing", async ({ expect }) => {
    expect(await ask({ reportText: "The button is ugly" })).toEqual({ recordings: [], exceptions: [] });
    expect(server.requests).toEqual([]);
  });
});

describe("hostile words", () => {
  const hostile = [
    "x' OR 1=1 --@customers.example",
    "') OR (SELECT count() FROM persons) > 0 OR ('",
    "{ids}",
    "a\\' UNION SELECT 1",
    `${email}' OR email != '`,
    "%",
  ];
  /** HogQL as it was sent, without the values. */
  const texts = () => server.requests.map(({ body }) => queryOf(body).query);

  it.for(hostile)("stay values: %s", async (words, { expect }) => {
    const reportText = `RangeError: ${words} is wrong`;
    await ask({ emails: [email], sessionIds: [sessionId] });
    await ask({ reportText: "RangeError: something is wrong" });
    const honest = texts();
    server.requests.length = 0;
    expect(await ask({ emails: [words], sessionIds: [words, "../../persons", sessionAt(3)] })).toEqual({
      recordings: [],
      exceptions: [],
    });
    expect((await ask({ reportText })).exceptions).toEqual([]);
    expect(texts().filter((query) => !honest.includes(query))).toEqual([]);
    expect(
      server.requests
        .map(({ path }) => path)
        .filter((path) => !/^\/api\/projects\/12\/(query|session_recordings\/[0-9a-f-]{36})\/$/.test(path)),
    ).toEqual([]);
  });

  it("from PostHog come as plain short lines", async ({ expect }) => {
    const properties = { $event_type: "click", $el_text: `Pay "now"\n\u202Egnp.\u0000 ${"x".repeat(5000)}` };
    server.capture({
      event: "$autocapture",
      distinctId: "customer-4711",
      sessionId,
      at: startedAt + 99_000,
      properties,
    });
    const [recording] = (await ask({ sessionIds: [sessionId] })).recordings;
    const { what = "" } = recording?.timeline.at(-1) ?? {};
    expect(what).toMatch(/^clicked Pay "now" gnp\./);
    expect(what.length).toBeLessThanOrEqual(201);
  });
});

describe("a PostHog in trouble", () => {
  it("gives what it can, and the rest is named", async ({ expect }) => {
    server.fault(({ body }) => queryOf(body).name === "bugbot: actions", { status: 500 });
    const { recordings, exceptions, gaps } = await ask({ sessionIds: [sessionId] });
    expect(recordings).toMatchObject([{ sessionId, url: replay(57), timeline: [] }]);
    expect(exceptions).toHaveLength(1);
    expect(gaps).toEqual([{ what: "the timeline", why: "PostHog has trouble (HTTP 500)" }]);
  });

  const hung = [
    ["GET /session_recordings/:id/", "recordings", { sessionIds: [sessionId] }, 3],
    ["bugbot: actions", "the timeline", { sessionIds: [sessionId] }, 3],
    ["bugbot: exceptions of sessions", "exceptions", { sessionIds: [sessionId] }, 3],
    ["bugbot: people", "the person", { sessionIds: [sessionId], emails: [email] }, 4],
    ["GET /session_recordings/", "recordings", { emails: [email] }, 3],
    ["bugbot: actions", "the timeline", { emails: [email] }, 4],
    ["bugbot: exceptions of people", "exceptions", { emails: [email] }, 4],
    ["bugbot: people", "the person", { emails: [email], reportText: "RangeError: The discount of" }, 2],
  ] as const;
  it.for(hung)(
    "gives what it answers in time: %s stays open, %s is named",
    async ([open, what, asked, count], { expect }) => {
      const whole = await ask(asked);
      server.fault(({ operation, body }) => operation === open || queryOf(body).name === open, { hang: true });
      server.requests.length = 0;
      const late = new AbortController();
      const why = "no answer within 1 s";
      const found = ask(asked, undefined, undefined, late.signal);
      const unanswered = () => server.requests.filter(({ answeredAt }) => answeredAt === undefined);
      await expect.poll(() => [server.requests.length, unanswered().length]).toEqual([count, 1]);
      // What was sent is also read by now.
      await wait(200);
      late.abort(tooLate(1000));
      const { recordings, exceptions, person, gaps } = await found;
      expect(gaps).toEqual([{ what, why }]);
      expect(exceptions).toHaveLength(what === "exceptions" ? 0 : whole.exceptions.length);
      expect(person).toEqual(what === "the person" ? undefined : whole.person);
      // Whose sessions they are, is what the open question was to tell.
      const isLost = !("sessionIds" in asked) && (what === "recordings" || what === "the person");
      expect(recordings.map(({ timeline }) => timeline.length)).toEqual(
        isLost ? [] : [what === "the timeline" ? 0 : 7],
      );
    },
  );

  it("opens the recording by the timeline when exceptions are missing", async ({ expect }) => {
    server.fault(({ body }) => queryOf(body).name === "bugbot: exceptions of sessions", { status: 502 });
    const { recordings, exceptions, gaps } = await ask({
      sessionIds: [sessionId],
      reportText: "RangeError: The discount of",
    });
    expect(recordings).toMatchObject([{ url: replay(57) }]);
    expect(exceptions).toEqual([]);
    expect(gaps).toEqual([{ what: "exceptions", why: "PostHog has trouble (HTTP 502)" }]);
    expect(server.requests).toHaveLength(3);
  });

  it("names the scope that the key lacks", async ({ expect }) => {
    server.scopes.splice(0, 2, "query:read");
    const { recordings, exceptions, gaps } = await ask({ sessionIds: [sessionId] });
    // What it knows of the session is shown all the same.
    expect(recordings).toMatchObject([{ sessionId, durationMs: undefined }]);
    expect(recordings[0]?.timeline).toHaveLength(7);
    expect(exceptions).toHaveLength(1);
    expect(gaps).toEqual([
      {
        what: "recordings",
        why: "PostHog refuses my access: POSTHOG_API_KEY lacks the scope `session_recording:read`",
      },
    ]);
    server.scopes.splice(0, 1);
    await expect(ask({ emails: [email] })).rejects.toMatchObject({
      code: "posthog_refused",
      retry: false,
      reply: "PostHog refuses my access: POSTHOG_API_KEY lacks the scope `query:read`.",
    });
  });

  it("says what is wrong with the key or the project", async ({ expect }) => {
    await expect(ask({ emails: [email] }, "phc_public")).rejects.toMatchObject({
      code: "posthog_refused",
      reply: expect.stringMatching(/POSTHOG_API_KEY is a personal API key.*`query:read`.*project 12/),
    });
    await expect(ask({ emails: [email] }, "phx_local", "13")).rejects.toMatchObject({
      code: "posthog_no_project",
      retry: false,
      reply: expect.stringContaining("POSTHOG_PROJECT_ID"),
    });
  });

  it("is waited for as long as it asks", async ({ expect }) => {
    server.fault("/query/", postHogThrottled(37));
    await expect(ask({ emails: [email] })).rejects.toMatchObject({
      code: "posthog_rate_limited",
      retry: true,
      retryAfterMs: 37_000,
    });
    expect(server.requests).toHaveLength(1);
  });

  it.for<[string, Parameters<PostHog["fault"]>[1], string, boolean]>([
    ["breaks off", { status: 200, headers: json(), body: '{"results":[["019a' }, "posthog_unreadable", true],
    ["answers something else", { status: 200, headers: json(), body: { results: [[1]] } }, "posthog_unreadable", true],
    [
      "answers ten megabytes",
      { status: 200, headers: json(), body: `"${"x".repeat(10 * 1024 * 1024)}"` },
      "posthog_too_large",
      false,
    ],
    ["cuts the connection", { reset: true }, "posthog_unreachable", true],
    ["is down", { status: 503 }, "posthog_unreachable", true],
    ["refuses the query", { status: 400 }, "posthog_rejected", false],
    ["leads elsewhere", { status: 302, headers: { location: "http://127.0.0.1:1/" } }, "posthog_rejected", false],
  ])("that %s is a failure, tried again where that can help", async ([, fault, code, retry], { expect }) => {
    server.fault("/query/", fault);
    await expect(ask({ emails: [email] })).rejects.toMatchObject({ name: "Failure", code, retry });
    expect(server.requests).toHaveLength(1);
  });

  it("whatever it answers, gives evidence or a failure", async ({ expect }) => {
    const cell = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(sessionId, '["a"]', '[{"type":"E"}]', "[{}", 1, -1, startedAt),
    );
    const row = fc.oneof(fc.array(cell, { minLength: 2, maxLength: 10 }), fc.jsonValue());
    const answer = fc.oneof(fc.jsonValue(), fc.record({ results: fc.array(row, { maxLength: 3 }) }));
    await fc.assert(
      fc.asyncProperty(answer, answer, answer, async (first, second, third) => {
        for (const body of [first, second, third]) {
          server.fault(() => true, { status: 200, headers: json(), body: JSON.stringify(body) });
        }
        const asked = ask({ sessionIds: [sessionId], emails: [email], reportText: "Error: it broke in two" });
        const ended = await asked.catch((error: unknown) => error);
        expect(ended instanceof Error ? ended.name : "evidence").toMatch(/^(Failure|evidence)$/);
      }),
      { seed: 12, numRuns: 150 },
    );
  });

  it("shows nobody's address in what is logged", async ({ expect }) => {
    server.fault("/query/", { status: 400, body: { detail: "bad", code: "invalid_input" } });
    const error = await ask({ emails: [email] }).catch((thrown: unknown) => thrown);
    expect(`${String(error)} ${error instanceof Error ? String(error.cause) : ""}`).not.toContain(email);
  });
});

const sessionAt = (n: number) => `019ab5d4-7c10-7a3e-8c3d-${String(n).padStart(12, "0")}`;
const json = () => ({ "content-type": "application/json" });

function queryOf(body: unknown): { query: string; name: string } {
  const parsed = bodySchema.safeParse(body);
  return parsed.success ? parsed.data.query : { query: "", name: "" };
}
