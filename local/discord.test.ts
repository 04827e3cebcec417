import { describe, it } from "vitest";
import { type Discord, rateLimited } from "./discord.ts";
import { type ApiClient } from "./discord/api-client.ts";
import { connectGateway } from "./discord/gateway-client.ts";
import { button, idOf, refused, row, useDiscord } from "./discord/use-discord.ts";

let discord: Discord;
let call: ApiClient;
let messages: string;
const start = useDiscord((started) => ({ discord, call, messages } = started));

const eyes = encodeURIComponent("👀");
const texts = () => discord.messages(discord.channelId).map(({ text }) => text);

describe("the HTTP API", () => {
  it("posts, edits, reacts, begins a thread, and a person sees it", async ({ expect }) => {
    const asked = discord.say("fix the cart", { mentionBot: true });
    const reference = { message_id: asked.id };
    const posted = idOf(await call("POST", messages, { content: "Reading…", message_reference: reference }));
    const embed = { title: "BUG-12", description: "The cart is empty", fields: [{ name: "State", value: "Todo" }] };
    const components = [row(button("retry:1"), { type: 2, style: 5, label: "Open", url: "https://example.com" })];
    await call("PATCH", `${messages}/${posted}`, { content: "Done", embeds: [embed], components });
    await call("PUT", `${messages}/${asked.id}/reactions/${eyes}/@me`);
    await call("PUT", `${messages}/${asked.id}/reactions/${eyes}/@me`);
    const thread = await call("POST", `${messages}/${asked.id}/threads`, { name: "BUG-12" });
    expect(thread).toMatchObject({ status: 201, body: { id: asked.id, type: 11, parent_id: discord.channelId } });
    await call("POST", `/channels/${asked.id}/messages`, { content: "Working" });

    const text = `<@${discord.botUserId}> fix the cart`;
    const first = { id: asked.id, author: "alice", text, reactions: ["👀"], buttons: [], edits: 0 };
    const buttons = [
      { label: "Retry", customId: "retry:1" },
      { label: "Open", url: "https://example.com" },
    ];
    const said = "Done\nBUG-12\nThe cart is empty\nState: Todo";
    expect(discord.messages(discord.channelId)).toEqual([
      first,
      { id: posted, author: "bugbot", text: said, reactions: [], buttons, edits: 1 },
    ]);
    expect(discord.thread(asked.id).map((each) => each.text)).toEqual([text, "Working"]);
    expect(discord.requests.map(({ operation }) => operation)).toEqual([
      "create_message",
      "update_message",
      "add_my_message_reaction",
      "add_my_message_reaction",
      "create_thread_from_message",
      "create_message",
    ]);
    await call("DELETE", `${messages}/${asked.id}/reactions/${eyes}/@me`);
    expect(discord.messages(discord.channelId)[0]?.reactions).toEqual([]);
  });

  it("posts once per nonce, for some minutes", async ({ expect }) => {
    const form = { content: "once", nonce: "c1", enforce_nonce: true };
    const first = await call("POST", messages, form);
    const again = await call("POST", messages, { ...form, content: "twice" });
    expect(again.body).toEqual(first.body);
    expect(first.body).toMatchObject({ nonce: "c1" });
    expect((await call("GET", `${messages}/${idOf(first)}`)).body).not.toHaveProperty("nonce");
    await call("POST", messages, { ...form, enforce_nonce: false });
    discord.pass(10 * 60 * 1000);
    await call("POST", messages, form);
    expect(texts()).toEqual(["once", "once", "once"]);
    expect(await call("POST", messages, { content: "x", nonce: "n".repeat(26) })).toMatchObject(refused(400, 50035));
  });

  it("calls only those it may", async ({ expect }) => {
    const content = `<@${discord.people.alice.id}> <@${discord.people.bob.id}> @everyone`;
    const mentions = async (allowed?: object) =>
      (await call("POST", messages, { content, allowed_mentions: allowed })).body;
    expect(await mentions()).toMatchObject({
      mentions: [{ username: "alice" }, { username: "bob" }],
      mention_everyone: true,
    });
    expect(await mentions({ parse: [] })).toMatchObject({ mentions: [], mention_everyone: false });
    expect(await mentions({ users: [discord.people.bob.id] })).toMatchObject({ mentions: [{ username: "bob" }] });
    expect(await mentions({ parse: ["users"], users: ["1"] })).toMatchObject({ code: 50035 });
  });
});

describe("faults", () => {
  it("limits once, before the effect, and says for how long", async ({ expect }) => {
    discord.fault("create_message", rateLimited({ retryAfterSeconds: 0.5 }));
    const limited = await call("POST", messages, { content: "x" });
    expect(limited).toMatchObject({ status: 429, body: { retry_after: 0.5, global: false } });
    expect(limited.headers.get("retry-after")).toBe("1");
    expect(limited.headers.get("x-ratelimit-scope")).toBe("user");
    expect(texts()).toEqual([]);
    const { headers } = await call("POST", messages, { content: "x" });
    expect(headers.get("x-ratelimit-remaining")).toMatch(/^\d+$/);
    expect(headers.get("x-ratelimit-bucket")).toMatch(/^[0-9a-f]{32}$/);
    expect(texts()).toEqual(["x"]);
  });

  it("cuts the connection after the effect", async ({ expect }) => {
    discord.fault("create_message", { reset: true, afterEffect: true });
    await expect(call("POST", messages, { content: "x" })).rejects.toThrow();
    expect(texts()).toEqual(["x"]);
  });

  it("closes although a request hangs and a socket is open", async ({ expect }) => {
    const client = connectGateway(discord.gateway.url);
    await client.op(10);
    discord.fault("create_message", { hang: true });
    const failed = expect(call("POST", messages, { content: "x" })).rejects.toThrow();
    await expect.poll(() => discord.requests.length).toBe(1);
    await discord.close();
    await failed;
    expect(await client.closed).toBe(1006);
    expect(texts()).toEqual([]);
  });

  it("takes what it has never seen to exist where it is told to", async ({ expect }) => {
    await start({ acceptUnknown: true });
    const channel = "1200000000000000001";
    expect(await call("POST", `/channels/${channel}/messages`, { content: "x" })).toMatchObject({ status: 200 });
    expect(await call("PUT", `/channels/${channel}/messages/1200000000000000002/reactions/${eyes}/@me`)).toMatchObject({
      status: 204,
    });
    const edit = await call("PATCH", `/webhooks/${discord.applicationId}/unseen/messages/@original`, {
      content: "Done",
    });
    expect(edit).toMatchObject({ status: 200, body: { content: "Done" } });
    expect(discord.messages(channel)).toMatchObject([{ text: "x" }, { reactions: ["👀"] }]);
  });
});
