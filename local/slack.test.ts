import { WebClient } from "@slack/web-api";
import { createHmac } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, it } from "vitest";
import * as z from "zod";
import { createSlack, type Slack } from "./slack.ts";
import { vendorContracts } from "../test/vendor-contracts.ts";

const botToken = "xoxb-local";
let slack: Slack;
let client: WebClient;

beforeEach(async () => {
  slack = await createSlack({ botToken, signingSecret: "signing-secret" });
  client = clientWith(botToken);
});
afterEach(() => slack.close());

function clientWith(token: string) {
  return new WebClient(token, { slackApiUrl: slack.url, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true });
}
const code = (error: string) => ({ data: { ok: false, error } });

describe("the Web API, asked by Slack's own client", () => {
  it("posts into a thread, edits, reacts, and a person sees one edited message", async ({ expect }) => {
    const { message } = slack.mention("fix the cart");
    const thread = { channel: "C0BUGS", thread_ts: message.ts };
    const metadata = { event_type: "bugbot_command", event_payload: { id: "c1" } };
    const posted = await client.chat.postMessage({ ...thread, text: "Reading…", metadata });
    const blocks = [
      { type: "section", text: { type: "mrkdwn", text: "*Done*" } },
      {
        type: "actions",
        elements: [{ type: "button", action_id: "retry", text: { type: "plain_text", text: "Retry" } }],
      },
    ];
    await client.chat.update({ channel: "C0BUGS", ts: posted.ts ?? "", text: "Done", blocks });
    await client.reactions.add({ channel: "C0BUGS", timestamp: message.ts, name: "eyes" });

    expect(slack.thread("C0BUGS", message.ts)).toEqual([
      {
        ts: message.ts,
        author: "alice",
        text: "<@U0BUGBOT> fix the cart",
        reactions: [":eyes:"],
        buttons: [],
        edits: 0,
      },
      { ts: posted.ts, author: "bugbot", text: "*Done*", reactions: [], buttons: ["Retry"], edits: 1 },
    ]);
    const operations = slack.requests.map(({ operation }) => operation);
    expect(operations).toEqual(["chat.postMessage", "chat.update", "reactions.add"]);
    expect(slack.workspace.channels.get("C0BUGS")?.messages[1]?.edits[0]?.text).toBe("Reading…");
  });

  it("shows metadata only to who asks for it, page by page", async ({ expect }) => {
    const { message } = slack.mention("contextualize");
    const metadata = { event_type: "bugbot_command", event_payload: { id: "c1" } };
    for (const text of ["one", "two", "three"])
      await client.chat.postMessage({ channel: "C0BUGS", thread_ts: message.ts, text, metadata });
    const asked = { channel: "C0BUGS", ts: message.ts, limit: 3 };
    const first = await client.conversations.replies({ ...asked, include_all_metadata: true });
    const cursor = first.response_metadata?.next_cursor ?? "";
    const second = await client.conversations.replies({ ...asked, cursor });
    expect(first.messages?.map(({ text }) => text)).toEqual(["<@U0BUGBOT> contextualize", "one", "two"]);
    expect(first.messages?.[1]).toMatchObject({ metadata });
    expect(second.messages?.map(({ text }) => text)).toEqual(["three"]);
    expect(second.messages?.[0]).not.toHaveProperty("metadata");
    expect(second.has_more).toBe(false);
    const { messages } = await client.conversations.history({ channel: "C0BUGS" });
    expect(messages).toMatchObject([{ ts: message.ts, reply_count: 3 }]);
  });

  it("refuses with Slack's own errors and changes nothing", async ({ expect }) => {
    const { message } = slack.mention("help");
    const reaction = { channel: "C0BUGS", timestamp: message.ts, name: "eyes" };
    await client.reactions.add(reaction);
    await expect(client.reactions.add(reaction)).rejects.toMatchObject(code("already_reacted"));
    await client.reactions.remove(reaction);
    await expect(client.reactions.remove(reaction)).rejects.toMatchObject(code("no_reaction"));
    const calls = {
      channel_not_found: client.chat.postMessage({ channel: "C404", text: "x" }),
      no_text: client.chat.postMessage({ channel: "C0BUGS", text: "" }),
      msg_too_long: client.chat.postMessage({ channel: "C0BUGS", text: "x".repeat(40_001) }),
      thread_not_found: client.chat.postMessage({ channel: "C0BUGS", thread_ts: "1.000001", text: "x" }),
      message_not_found: client.chat.update({ channel: "C0BUGS", ts: "1.000001", text: "x" }),
      cant_update_message: client.chat.update({ channel: "C0BUGS", ts: message.ts, text: "x" }),
      user_not_found: client.users.info({ user: "U404" }),
      unknown_method: client.apiCall("chat.shout"),
      invalid_auth: clientWith("xoxb-wrong").auth.test(),
    };
    for (const [error, call] of Object.entries(calls)) await expect(call, error).rejects.toMatchObject(code(error));
    const anonymous = await fetch(`${slack.url}auth.test`, { method: "POST" });
    expect(await anonymous.json()).toEqual({ ok: false, error: "not_authed" });
    expect(slack.thread("C0BUGS", message.ts)).toMatchObject([{ reactions: [] }]);
    expect(slack.workspace.channels.get("C0BUGS")?.messages).toHaveLength(1);
  });

  it("takes JSON, and a form with the token in it", async ({ expect }) => {
    const headers = { "content-type": "application/json; charset=utf-8", authorization: `Bearer ${botToken}` };
    const blocks = [{ type: "section", text: { type: "mrkdwn", text: "hi" } }];
    const json = JSON.stringify({ channel: "C0BUGS", text: "hi", blocks });
    const posted = await fetch(`${slack.url}chat.postMessage`, { method: "POST", headers, body: json });
    expect(await posted.json()).toMatchObject({ ok: true, message: { blocks } });
    const form = new URLSearchParams({
      token: botToken,
      channel: "C0BUGS",
      text: "hi",
      blocks: JSON.stringify(blocks),
    });
    const again = await fetch(`${slack.url}chat.postMessage`, { method: "POST", body: form });
    expect(await again.json()).toMatchObject({ ok: true, message: { blocks } });
  });

  it("shows an ephemeral message to nobody else, links to a message, deletes its own", async ({ expect }) => {
    const { message } = slack.mention("help");
    await client.chat.postEphemeral({ channel: "C0BUGS", user: "U0BOB", text: "psst" });
    const own = await client.chat.postMessage({ channel: "C0BUGS", thread_ts: message.ts, text: "hm" });
    const { permalink } = await client.chat.getPermalink({ channel: "C0BUGS", message_ts: message.ts });
    expect(permalink).toBe(`https://acme.slack.com/archives/C0BUGS/p${message.ts.replace(".", "")}`);
    await client.chat.delete({ channel: "C0BUGS", ts: own.ts ?? "" });
    expect(slack.thread("C0BUGS", message.ts)).toHaveLength(1);
    expect((await client.conversations.history({ channel: "C0BUGS" })).messages).toHaveLength(1);
    expect(await client.auth.test()).toMatchObject({ team_id: "T0ACME", user_id: "U0BUGBOT", bot_id: "B0BUGBOT" });
    expect(await client.conversations.info({ channel: "C0BUGS" })).toMatchObject({ channel: { name: "bugs" } });
    expect(await client.users.info({ user: "U0ALICE" })).toMatchObject({
      user: { profile: { email: "alice@example.com" } },
    });
  });
});

describe("faults", () => {
  it("answers 429 once, before the effect", async ({ expect }) => {
    slack.fault("chat.postMessage", {
      status: 429,
      headers: { "retry-after": "7" },
      body: { ok: false, error: "ratelimited" },
    });
    const call = client.chat.postMessage({ channel: "C0BUGS", text: "x" });
    await expect(call).rejects.toMatchObject({ code: "slack_webapi_rate_limited_error", retryAfter: 7 });
    expect(slack.workspace.channels.get("C0BUGS")?.messages).toHaveLength(0);
    await client.chat.postMessage({ channel: "C0BUGS", text: "x" });
    expect(slack.workspace.channels.get("C0BUGS")?.messages).toHaveLength(1);
  });

  it("cuts the connection after the effect", async ({ expect }) => {
    slack.fault("chat.postMessage", { reset: true, afterEffect: true });
    await expect(client.chat.postMessage({ channel: "C0BUGS", text: "x" })).rejects.toThrow();
    expect(slack.workspace.channels.get("C0BUGS")?.messages).toHaveLength(1);
  });

  it("closes although a request hangs", async ({ expect }) => {
    slack.fault(/chat\.postMessage/, { hang: true });
    const hanging = client.chat.postMessage({ channel: "C0BUGS", text: "x" });
    const failed = expect(hanging).rejects.toThrow();
    await expect.poll(() => slack.requests.length).toBe(1);
    await slack.close();
    await failed;
    expect(slack.workspace.channels.get("C0BUGS")?.messages).toHaveLength(0);
  });
});

describe("the person's side", () => {
  it("signs the event as Slack does", ({ expect }) => {
    const { body, headers } = slack.mention("fix BUG-12", { eventId: "Ev1", eventTime: 1_700_000_000 });
    const base = `v0:${headers["x-slack-request-timestamp"]}:${body}`;
    const expected = createHmac("sha256", "signing-secret").update(base).digest("hex");
    expect(headers["x-slack-signature"]).toBe(`v0=${expected}`);
    expect(slack.sign("b", 5)["x-slack-request-timestamp"]).toBe("5");
    expect(JSON.parse(body)).toMatchObject({
      event_id: "Ev1",
      event_time: 1_700_000_000,
      event: { type: "app_mention" },
    });
  });

  it("delivers the same event again without a second message", ({ expect }) => {
    const first = slack.mention("fix BUG-12", { eventId: "Ev1" });
    const again = slack.mention("fix BUG-12", { eventId: "Ev1" });
    expect(again.body).toBe(first.body);
    expect(first.headers).not.toHaveProperty("x-slack-retry-num");
    expect(again.headers["x-slack-retry-num"]).toBe("1");
    expect(slack.thread("C0BUGS", first.message.ts)).toHaveLength(1);
  });

  it("writes into threads and direct channels", ({ expect }) => {
    const { message } = slack.mention("contextualize");
    const reply = slack.mention("fix", { threadTs: message.ts, user: "U0BOB" });
    expect(JSON.parse(reply.body)).toMatchObject({ event: { thread_ts: message.ts, user: "U0BOB" } });
    expect(slack.thread("C0BUGS", message.ts).map(({ author }) => author)).toEqual(["alice", "bob"]);
    const direct = slack.directMessage("help");
    expect(JSON.parse(direct.body)).toMatchObject({
      event: { type: "message", channel_type: "im", channel: "D0ALICE" },
    });
  });
});

const samples = new URL("slack-samples/", vendorContracts);
describe.skipIf(!existsSync(samples))("Slack's recorded samples (../shared/contracts, where present)", () => {
  const anything = z.record(z.string(), z.unknown());
  const envelope = z.looseObject({ event: anything });
  const read = (name: string) => envelope.parse(JSON.parse(readFileSync(new URL(`${name}.json`, samples), "utf8")));

  it.for([
    ["AppMentionPayload", "mention"],
    ["MessagePayload", "directMessage"],
  ] as const)("%s has every field of the event the stand-in sends", ([sample, verb], { expect }) => {
    const { message } = slack.directMessage("hello");
    const says = { channel: "D0ALICE", threadTs: message.ts };
    const { event, ...outer } = envelope.parse(JSON.parse(slack[verb]("help", says).body));
    const known = read(sample);
    const knownOuter = { ...read("ReactionAddedPayload"), ...known };
    expect(Object.keys(knownOuter)).toEqual(expect.arrayContaining(Object.keys(outer)));
    expect(Object.keys(known.event)).toEqual(expect.arrayContaining(Object.keys(event)));
    const [authorization] = z.array(anything).parse(outer["authorizations"]);
    const [knownAuthorization] = z.array(anything).parse(knownOuter["authorizations"]);
    expect(Object.keys(authorization ?? {}).toSorted()).toEqual(Object.keys(knownAuthorization ?? {}).toSorted());
    for (const [name, value] of Object.entries(event)) {
      expect(typeof value, name).toBe(typeof known.event[name]);
    }
  });
});
