import { describe, it } from "vitest";
import { createGateway } from "./gateway.ts";
import { createTestDoor } from "./test-door.ts";
import type { Health } from "./health.ts";
import type { Platform } from "./platform.ts";
import { createSlack } from "./slack/slack.ts";

const signingSecret = "8f742231b10e8888abcd99yyyzzz85a5";
const nowMs = 1_790_000_000_000;
const nowSeconds = String(nowMs / 1000);
const healthy: Health = { status: "healthy", components: { slack: { state: "on" } } };

function setUp({ enqueueFails = false, acknowledgeFails = false, floods = false } = {}) {
  const acknowledged: string[] = [];
  const slack: Platform = {
    ...createSlack({ signingSecret, botToken: "xoxb-test", apiUrl: "https://slack.test/api", allowedBots: [] }),
    acknowledge: async ({ id }) => {
      if (acknowledgeFails) throw new Error("Slack is down");
      acknowledged.push(id);
    },
  };
  const door = createTestDoor({
    doors: [{ name: "Slack", prefix: "/slack", state: { state: "on" }, open: async () => slack }],
    ...(enqueueFails && { enqueue: () => Promise.reject(new Error("the queue is down")) }),
    holdFlood: async () => floods,
    health: async () => healthy,
    operate: async (request: Request) => new Response(`for operators: ${new URL(request.url).pathname}`),
    now: () => nowMs,
  });
  return { ...door, acknowledged };
}

async function signature(body: string, timestamp: string, secret = signingSecret): Promise<string> {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const key = await crypto.subtle.importKey("raw", bytes(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const digest = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes(`v0:${timestamp}:${body}`)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function signed(body: string, timestamp = nowSeconds): Promise<RequestInit> {
  return {
    method: "POST",
    body,
    headers: { "x-slack-request-timestamp": timestamp, "x-slack-signature": `v0=${await signature(body, timestamp)}` },
  };
}

function mention(event: Record<string, unknown> = {}, envelope: Record<string, unknown> = {}): string {
  return JSON.stringify({
    type: "event_callback",
    team_id: "T1",
    event_id: "Ev1",
    authorizations: [{ user_id: "UBOT" }],
    event: {
      type: "app_mention",
      user: "U1",
      text: "<@UBOT> fix https://github.com/acme/shop BUG-12",
      ts: "10.1",
      channel: "C1",
      ...event,
    },
    ...envelope,
  });
}

const slashCommand = new URLSearchParams({
  command: "/bugbot",
  text: "help",
  team_id: "T1",
  channel_id: "C1",
  user_id: "U1",
  trigger_id: "1.1.x",
}).toString();

describe("POST /slack/events", () => {
  it("says in its log which command is on the queue, or is not", async ({ expect }) => {
    const taken = setUp();
    await taken.request("/slack/events", await signed(mention()));
    expect(taken.traced).toEqual([{ event: "command_enqueued", commandId: "slack-Ev1" }]);
    const lost = setUp({ enqueueFails: true });
    expect((await lost.request("/slack/events", await signed(mention()))).status).toBe(503);
    expect(lost.traced).toEqual([{ event: "gateway_failed", commandId: "slack-Ev1" }]);
  });

  it("takes nothing of a flood but one command, which is refused", async ({ expect }) => {
    const { enqueued, acknowledged, logged, settled, request } = setUp({ floods: true });
    for (const id of ["Ev1", "Ev2", "Ev3"]) {
      const response = await request("/slack/events", await signed(mention({}, { event_id: id })));
      expect([response.status, await response.text()]).toEqual([200, ""]);
    }
    expect(await settled()).toEqual([]);
    expect(enqueued).toMatchObject([
      { id: expect.stringMatching(/^flood-[0-9a-f]{64}$/), author: { id: "U1" }, heldUntil: nowMs + 60_000 },
    ]);
    expect({ acknowledged, logged }).toEqual({ acknowledged: [], logged: Array(3).fill("flood_held") });
  });

  it("has the one refusal of a flood sent again when the queue does not take it", async ({ expect }) => {
    const { traced, request } = setUp({ floods: true, enqueueFails: true });
    for (let delivery = 0; delivery < 2; delivery++)
      expect((await request("/slack/events", await signed(mention()))).status).toBe(503);
    const events = ["flood_held", "gateway_failed", "flood_held", "gateway_failed"];
    expect(traced).toEqual(events.map((event) => ({ event, commandId: "slack-Ev1" })));
  });

  it("puts a signed mention on the queue and answers at once", async ({ expect }) => {
    const { enqueued, acknowledged, settled, request } = setUp();
    const response = await request("/slack/events", await signed(mention()));
    expect(response.status).toBe(200);
    expect(enqueued).toEqual([
      {
        v: 1,
        id: "slack-Ev1",
        name: "fix",
        text: "https://github.com/acme/shop BUG-12",
        conversation: { platform: "slack", teamId: "T1", channelId: "C1", threadId: "10.1", messageId: "10.1" },
        author: { id: "U1" },
        references: { linearIssueId: "BUG-12", githubRepoUrl: "https://github.com/acme/shop" },
        receivedAt: nowMs,
      },
    ]);
    await settled();
    expect(acknowledged).toEqual(["slack-Ev1"]);
  });

  it("gives the same id to an event that Slack sends again", async ({ expect }) => {
    const { enqueued, request } = setUp();
    for (let delivery = 0; delivery < 2; delivery++) await request("/slack/events", await signed(mention()));
    expect(new Set(enqueued.map(({ id }) => id)).size).toBe(1);
  });

  it("answers Slack's handshake", async ({ expect }) => {
    const { request } = setUp();
    const response = await request(
      "/slack/events",
      await signed(JSON.stringify({ type: "url_verification", challenge: "abc" })),
    );
    expect(await response.text()).toBe("abc");
  });

  const body = mention();
  const old = String(nowMs / 1000 - 301);
  const early = String(nowMs / 1000 + 301);
  it.for<[string, () => Promise<Record<string, string>>]>([
    ["no signature", async () => ({ "x-slack-request-timestamp": nowSeconds })],
    ["no timestamp", async () => ({ "x-slack-signature": `v0=${await signature(body, nowSeconds)}` })],
    [
      "another secret",
      async () => ({
        "x-slack-request-timestamp": nowSeconds,
        "x-slack-signature": `v0=${await signature(body, nowSeconds, "other")}`,
      }),
    ],
    [
      "another body",
      async () => ({
        "x-slack-request-timestamp": nowSeconds,
        "x-slack-signature": `v0=${await signature("{}", nowSeconds)}`,
      }),
    ],
    [
      "another scheme",
      async () => ({
        "x-slack-request-timestamp": nowSeconds,
        "x-slack-signature": `v1=${await signature(body, nowSeconds)}`,
      }),
    ],
    [
      "no scheme",
      async () => ({ "x-slack-request-timestamp": nowSeconds, "x-slack-signature": await signature(body, nowSeconds) }),
    ],
    [
      "a timestamp more than five minutes old",
      async () => ({ "x-slack-request-timestamp": old, "x-slack-signature": `v0=${await signature(body, old)}` }),
    ],
    [
      "a timestamp more than five minutes ahead",
      async () => ({ "x-slack-request-timestamp": early, "x-slack-signature": `v0=${await signature(body, early)}` }),
    ],
    [
      "a timestamp that is no number",
      async () => ({ "x-slack-request-timestamp": "1e9", "x-slack-signature": `v0=${await signature(body, "1e9")}` }),
    ],
  ])("answers 401 to %s, and enqueues nothing", async ([, headers], { expect }) => {
    const { enqueued, refused, request } = setUp();
    const response = await request("/slack/events", { method: "POST", body, headers: await headers() });
    expect(response.status).toBe(401);
    expect(enqueued).toEqual([]);
    expect(refused).toEqual([{ status: 401, reason: "The signature is not valid.", count: 1 }]);
  });

  it("wants a signature on the handshake too", async ({ expect }) => {
    const { request } = setUp();
    const response = await request("/slack/events", {
      method: "POST",
      body: JSON.stringify({ type: "url_verification", challenge: "abc" }),
    });
    expect(response.status).toBe(401);
    expect(await response.text()).not.toContain("abc");
  });

  it.for<[string, number, string]>([
    ["a body over 1 MB", 413, JSON.stringify({ filler: "x".repeat(1024 * 1024) })],
    ["a body that is not JSON", 400, "payload=%7B%7D"],
    ["JSON that is no object", 400, "42"],
    ["an object that is no event", 200, "{}"],
    ["a reaction", 200, mention({ type: "reaction_added" })],
    ["a message in a channel without a mention", 200, mention({ type: "message", channel_type: "channel" })],
    ["another bot's message", 200, mention({ bot_id: "B9" })],
    ["bugbot's own message", 200, mention({ user: "UBOT" })],
    ["an edited message", 200, mention({ type: "message", channel_type: "im", subtype: "message_changed" })],
    ["an event without an author", 200, mention({ user: undefined })],
    ["fields of other types", 200, mention({ text: 7, ts: {} })],
  ])("answers %s with %i, and enqueues nothing", async ([, status, sent], { expect }) => {
    const { enqueued, acknowledged, logged, refused, request } = setUp();
    const response = await request("/slack/events", await signed(sent));
    expect(response.status).toBe(status);
    expect([...enqueued, ...acknowledged, ...logged]).toEqual([]);
    const said = { status, reason: await response.text(), count: 1 };
    expect(refused).toEqual(status === 200 ? [] : [said]);
  });

  it("counts what comes to a door that is not there, and keeps nothing of what was sent", async ({ expect }) => {
    const { refused, logged, request } = setUp();
    const response = await request(`/slack/${"x".repeat(9_000)}?secret`, await signed(mention()));
    expect([response.status, logged]).toEqual([404, []]);
    expect(refused).toEqual([{ status: 404, reason: "404 Not Found", count: 1 }]);
  });

  it("tells Slack to send it again when the queue does not take it", async ({ expect }) => {
    const { acknowledged, request } = setUp({ enqueueFails: true });
    const response = await request("/slack/events", await signed(mention()));
    expect(response.status).toBe(503);
    expect(acknowledged).toEqual([]);
  });

  it("tells who typed a slash command to send it again, and an operator why", async ({ expect }) => {
    const { logged, request } = setUp({ enqueueFails: true });
    const response = await request("/slack/commands", await signed(slashCommand));
    expect([response.status, await response.json()]).toEqual([
      200,
      { response_type: "ephemeral", text: "bugbot could not take this. Please send it again." },
    ]);
    expect(logged).toEqual(["gateway_failed"]);
  });

  it("tells who typed a slash command too many when to try again, and nobody else", async ({ expect }) => {
    const { enqueued, request } = setUp({ floods: true });
    const response = await request("/slack/commands", await signed(slashCommand));
    expect([response.status, await response.json()]).toEqual([
      200,
      { response_type: "ephemeral", text: expect.stringMatching(/Try again in a minute \(\d\d:\d\d UTC\)\.$/) },
    ]);
    expect(enqueued).toEqual([]);
  });

  it("does not ask for it again when it can never fit on the queue", async ({ expect }) => {
    const { logged, refused, request } = setUp({ enqueueFails: true });
    const response = await request("/slack/events", await signed(mention({ channel: "C".repeat(200_000) })));
    expect([response.status, logged]).toEqual([400, []]);
    expect(refused).toEqual([expect.objectContaining({ status: 400, reason: await response.text() })]);
  });

  it("stays acknowledged when the 👀 cannot be sent", async ({ expect }) => {
    const { enqueued, settled, logged, request } = setUp({ acknowledgeFails: true });
    expect((await request("/slack/events", await signed(mention()))).status).toBe(200);
    await settled();
    expect(enqueued).toHaveLength(1);
    expect(logged).toEqual(["acknowledge_failed"]);
  });
});

describe("a platform that is not set up", () => {
  const lines: unknown[] = [];
  const needs = {
    take: () => Promise.reject(new Error("not reached")),
    health: async () => healthy,
    operate: async (request: Request) => new Response(`for operators: ${new URL(request.url).pathname}`),
    now: () => nowMs,
    log: (...line: unknown[]) => void lines.push(line),
  };
  const slack = { name: "Slack", prefix: "/slack", open: () => Promise.reject(new Error("not loaded")) };

  it("is off, and says what would turn it on", async ({ expect }) => {
    const app = createGateway({
      ...needs,
      doors: [{ ...slack, state: { state: "off", turnOn: ["SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN"] } }],
    });
    const response = await app.request("/slack/events", { method: "POST", body: mention() });
    expect(response.status).toBe(401);
    expect(await response.text()).toContain("SLACK_SIGNING_SECRET and SLACK_BOT_TOKEN");
    expect(lines.splice(0)).toEqual([["request_refused", expect.objectContaining({ status: 401 })]]);
  });

  it("names what is missing when it is set up by half", async ({ expect }) => {
    const app = createGateway({
      ...needs,
      doors: [{ ...slack, state: { state: "incomplete", missing: ["SLACK_BOT_TOKEN"] } }],
    });
    const response = await app.request("/slack/events", { method: "POST", body: mention() });
    expect(response.status).toBe(503);
    expect(await response.text()).toContain("SLACK_BOT_TOKEN missing");
    expect(lines.splice(0)).toEqual([["request_refused", expect.objectContaining({ status: 503 })]]);
  });

  it("answers as the API does where the consumer cannot be reached", async ({ expect }) => {
    const app = createGateway({ ...needs, doors: [], operate: () => Promise.reject(new Error("no such Worker")) });
    const answer = await app.request("/api/doctor");
    expect([answer.status, answer.headers.get("content-type")]).toEqual([503, "application/json"]);
    expect(await answer.json()).toEqual({
      error: { code: "consumer_unreachable", message: expect.stringContaining("consumer Worker") },
    });
  });

  it("leaves the operator's API, which is handed on as it is", async ({ expect }) => {
    const app = createGateway({ ...needs, doors: [] });
    const answer = await app.request("/api/dlq/slack-Ev1/replay", { method: "POST" });
    expect(await answer.text()).toBe("for operators: /api/dlq/slack-Ev1/replay");
    expect((await app.request("/apis/dlq")).status).toBe(404);
  });
});
