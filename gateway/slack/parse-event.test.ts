import { describe, it } from "vitest";
import { parseEvent } from "./parse-event.ts";
import { events } from "./event-payloads.ts";
import { createTestGateway, nowMs } from "./test-gateway.ts";

async function commandOf(text: string, event: Record<string, unknown> = {}) {
  const incoming = await parseEvent(
    JSON.stringify({
      type: "event_callback",
      team_id: "T1",
      event_id: "Ev1",
      authorizations: [{ user_id: "UBOT" }],
      event: { type: "app_mention", user: "U1", text, ts: "10.1", channel: "C1", ...event },
    }),
    0,
  );
  if (incoming.kind !== "command") throw new Error(incoming.kind);
  return incoming.command;
}

it.for<[string, string, string]>([
  ["<@UBOT> fix it", "fix", "it"],
  ["<@UBOT> FIX it", "fix", "it"],
  ["<@UBOT|bugbot>   ctx\nBUG-1", "contextualize", "BUG-1"],
  ["<@UBOT> context", "contextualize", ""],
  ["<@UBOT> cancel", "stop", ""],
  ["hey <@UBOT> fix the cart", "fix", "the cart"],
  ["fix the cart <@UBOT>", "fix", "the cart"],
  ["<@UBOT> dance with me", "help", "dance with me"],
  ["<@UBOT> constructor", "help", "constructor"],
  ["<@UBOT>", "help", ""],
])("reads %j as %s", async ([text, name, words], { expect }) => {
  expect(await commandOf(text)).toMatchObject({ name, text: words });
});

it("reads links and entities as they were typed", async ({ expect }) => {
  const { text, references } = await commandOf(
    "<@UBOT> fix <https://github.com/acme/shop|acme/shop> a &lt; b &amp;&amp; <mailto:ann@acme.com|ann@acme.com>",
  );
  expect(text).toBe("https://github.com/acme/shop a < b && ann@acme.com");
  expect(references).toEqual({ githubRepoUrl: "https://github.com/acme/shop", userEmail: "ann@acme.com" });
});

it("answers in the thread the mention was written in", async ({ expect }) => {
  expect((await commandOf("<@UBOT> fix it", { thread_ts: "9.9" })).conversation).toMatchObject({
    threadId: "9.9",
    messageId: "10.1",
  });
});

it("needs no mention in a direct message", async ({ expect }) => {
  expect(await commandOf("fix it", { type: "message", channel_type: "im" })).toMatchObject({ name: "fix", text: "it" });
});

describe("❌ on a message", () => {
  async function react(event: object = {}, outer: object = {}) {
    const { post, enqueued } = await createTestGateway();
    const body = { ...events.cross, ...outer, event: { ...events.cross.event, ...event } };
    const response = await post("/slack/events", JSON.stringify(body));
    return { status: response.status, enqueued };
  }

  it("of bugbot's asks to stop what it reports", async ({ expect }) => {
    const { status, enqueued } = await react();
    expect(status).toBe(200);
    expect(enqueued).toEqual([
      {
        v: 1,
        id: "slack-Ev1",
        name: "stop",
        text: "",
        conversation: { platform: "slack", teamId: "T1", channelId: "C1", messageId: "10.2" },
        author: { id: "U1" },
        references: {},
        receivedAt: nowMs,
      },
    ]);
  });

  it.for<[string, object, object]>([
    ["on a person's message", { item_user: "U2" }, {}],
    ["of bugbot's own", { user: "UBOT" }, {}],
    ["on a file", { item: { type: "file", file: "F1" } }, {}],
    ["that is another emoji", { reaction: "eyes" }, {}],
    ["that was taken back", { type: "reaction_removed" }, {}],
    ["when nobody knows who bugbot is", {}, { authorizations: [] }],
  ])("%s means nothing", async ([, event, outer], { expect }) => {
    expect(await react(event, outer)).toEqual({ status: 200, enqueued: [] });
  });
});

it("reads real events whole", async ({ expect }) => {
  const { post, enqueued } = await createTestGateway();
  for (const event of Object.values(events))
    expect((await post("/slack/events", JSON.stringify(event))).status).toBe(200);
  expect(enqueued.map(({ name, conversation }) => [name, conversation])).toEqual([
    ["fix", { platform: "slack", teamId: "T1", channelId: "C1", threadId: "10.1", messageId: "10.1" }],
    ["fix", { platform: "slack", teamId: "T1", channelId: "D1", threadId: "9.9", messageId: "10.1" }],
    ["stop", { platform: "slack", teamId: "T1", channelId: "C1", messageId: "10.2" }],
  ]);
});

it("ends soon on a megabyte of anything", async ({ expect }) => {
  for (const piece of ["<@U", "<@UBOT|", "<http:", "<https://a|", "<mailto:a|", "&amp;", "<", "|"]) {
    const text = piece.repeat(Math.ceil((1024 * 1024) / piece.length));
    expect(typeof (await commandOf(text)).name).toBe("string");
  }
});
