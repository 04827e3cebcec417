import * as fc from "fast-check";
import { afterAll, beforeAll, it } from "vitest";
import { fuzzed, fuzzTimeoutMs } from "../shared/fuzz.ts";
import { localAdminKey } from "../shared/local-admin-key.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());

const word = fc.oneof(
  fc.constantFrom("dlq", "tasks", "keys", "audit", "context", "replay", "drop", "stop", "retry", "rotate", "revoke"),
  fc.constantFrom("slack-Ev1", "..", "%2e%2e", "%00", "%F0%9F", "-1", "x".repeat(200), "'; DROP TABLE commands; --"),
  fc.webSegment({ size: "small" }),
);
const routes = ["dlq", "dlq/x", "dlq/x/replay", "dlq/x/drop", "tasks", "tasks/x", "tasks/x/stop", "tasks/x/retry"];
routes.push("keys", "keys/x/rotate", "keys/x/revoke", "audit");
const path = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...routes).map((route) => `/api/${route}`) },
  fc
    .array(word, { maxLength: 4 })
    .map((words) => `/api/${words.map((one) => one.replaceAll(/[\s?#]/g, "_")).join("/")}`),
  fc.constantFrom("/slack/events", "/slack/commands", "/slack/interactions", "/discord/interactions", "/slack/x", "/"),
  fc.webPath({ size: "small" }),
);
const query = fc.oneof(
  fc.constant(""),
  fc.constantFrom("?limit=-1", "?limit=1e9", "?limit=5", "?status=alive", "?running=1", "?after=x", "?subject=%00"),
  fc.webQueryParameters({ size: "small" }).map((text) => `?${text}`),
);
const body = fc.oneof(
  fc.constantFrom(
    "",
    "{",
    "null",
    "[]",
    '{"name":"a","days":9e99}',
    '{"name":7}',
    '{"overlapHours":-1}',
    '{"text":""}',
  ),
  fc.json({ maxDepth: 2 }),
  fc.string({ unit: "binary", maxLength: 60 }),
);

it(
  "whatever is asked of the gateway, no answer is a fault of its own, and without a key none is given",
  { timeout: fuzzTimeoutMs },
  async ({ expect }) => {
    const seen = new Map<number, number>();
    const often = fuzzed(400);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("GET", "POST", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"),
        path,
        query,
        body,
        fc.constantFrom("key", "key", "none", "wrong"),
        async (method, at, asked, sent, by) => {
          const authorization = { key: `Bearer ${localAdminKey}`, none: "", wrong: `Bearer bm_${"0".repeat(64)}` }[by];
          const hasBody = method !== "GET" && method !== "HEAD";
          const { status } = await fetch(`${world.url}${at}${asked}`, {
            method,
            headers: { "content-type": "application/json", ...(authorization && { authorization }) },
            ...(hasBody && { body: sent }),
            redirect: "manual",
            signal: AbortSignal.timeout(20_000),
          });
          seen.set(status, (seen.get(status) ?? 0) + 1);
          if (status >= 500) throw new Error(`answered ${status}`);
          if (by !== "key" && at.startsWith("/api/") && status !== 401 && status !== 404)
            throw new Error(`let in: ${status}`);
        },
      ),
      often,
    );
    expect([...seen.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 404]));
    expect(world.logs.filter((line) => /api_failed|gateway_failed/.test(line))).toEqual([]);
  },
);
