import { describe, it } from "vitest";
import { createParseEvent } from "./parse-event.ts";
import { events } from "./event-payloads.ts";
import { createTestGateway, nowMs } from "./test-gateway.ts";

async function commandOf(text: string, event: Record<string, unknown> = {}) {
  const incoming = await createParseEvent([])(
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

describe("another bot's mention", () => {
  const alert = { user: undefined, bot_id: "B1", app_id: "A9", subtype: "bot_message", username: "Sentry" };
  async function hear(event: object, allowedBots: string[]) {
    const { post, enqueued } = await createTestGateway({ allowedBots });
    const body = { ...events.mention, event: { ...events.mention.event, ...event } };
    const { status } = await post("/slack/events", JSON.stringify(body));
    if (status !== 200) throw new Error(`answered ${status}`);
    return enqueued.map(({ author, name }) => ({ author, name }));
  }

  it("is a command where the operator allows that bot, by any of its ids", async ({ expect }) => {
    const heard = [{ name: "fix", author: { id: "B1", name: "Sentry", bot: true } }];
    expect(await hear(alert, ["B1"])).toEqual(heard);
    expect(await hear(alert, ["A9"])).toEqual(heard);
    expect(await hear({ ...alert, subtype: undefined, user: "UAPP" }, ["UAPP"])).toEqual(heard);
  });

  it.for<[string, object, string[]]>([
    ["is not on the list", alert, ["B2"]],
    ["is anybody's", alert, []],
    ["has no id", { user: undefined, subtype: "bot_message" }, ["undefined", ""]],
    ["is bugbot", { user: "UBOT", bot_id: "B1" }, ["B1", "UBOT"]],
    ["is bugbot's own app", { ...alert, app_id: "A1" }, ["B1", "A1"]],
  ])("is not heard when it %s", async ([, event, allowed], { expect }) => {
    expect(await hear(event, allowed)).toEqual([]);
  });
});

it("keeps what is quoted, and the names of what is attached", async ({ expect }) => {
  const quoted = {
    is_share: true,
    author_name: "Bob",
    text: "see <https://github.com/acme/shop>",
    from_url: "https://x.test",
    ts: "1700000000.000100",
  };
  const command = await commandOf("<@UBOT> fix", {
    subtype: "file_share",
    attachments: [quoted, { from_url: "https://y.test", title: "a link's preview" }],
    files: [{ name: "shot.png", permalink: "https://acme.slack.test/files/shot.png" }, { id: "F2" }],
  });
  expect(command).toMatchObject({
    name: "fix",
    text: "Bob wrote: see https://github.com/acme/shop",
    reportedAt: 1_700_000_000_000,
    references: { githubRepoUrl: "https://github.com/acme/shop" },
    files: [{ name: "shot.png", url: "https://acme.slack.test/files/shot.png" }],
  });
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

it("Slack's own stop button without a thread means nothing", async ({ expect }) => {
  const { post, enqueued } = await createTestGateway();
  const event = { ...events.stopped.event, thread_ts: "" };
  expect((await post("/slack/events", JSON.stringify({ ...events.stopped, event }))).status).toBe(200);
  expect(enqueued).toEqual([]);
});

it("reads real events whole", async ({ expect }) => {
  const { post, enqueued } = await createTestGateway();
  for (const event of Object.values(events))
    expect((await post("/slack/events", JSON.stringify(event))).status).toBe(200);
  expect(enqueued.map(({ name, conversation }) => [name, conversation])).toEqual([
    ["fix", { platform: "slack", teamId: "T1", channelId: "C1", threadId: "10.1", messageId: "10.1" }],
    ["fix", { platform: "slack", teamId: "T1", channelId: "D1", threadId: "9.9", messageId: "10.1" }],
    ["stop", { platform: "slack", teamId: "T1", channelId: "C1", messageId: "10.2" }],
    ["stop", { platform: "slack", teamId: "T1", channelId: "C1", threadId: "9.9" }],
  ]);
});

it("ends soon on a megabyte of anything", async ({ expect }) => {
  for (const piece of ["<@U", "<@UBOT|", "<http:", "<https://a|", "<mailto:a|", "&amp;", "<", "|"]) {
    const text = piece.repeat(Math.ceil((1024 * 1024) / piece.length));
    expect(typeof (await commandOf(text)).name).toBe("string");
  }
});
