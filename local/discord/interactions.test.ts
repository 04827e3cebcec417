import { describe, it } from "vitest";
import { type Discord, type SignedInteraction } from "../discord.ts";
import { type ApiClient } from "./api-client.ts";
import { bodyOf, row, useDiscord } from "./use-discord.ts";

let discord: Discord;
let client: ApiClient;
useDiscord((started) => ({ discord, call: client } = started));
// The token in the path is all these routes ask for.
const call: ApiClient = (method, path, body) => client(method, path, body, { authorization: "" });

const hook = ({ token }: SignedInteraction) => `/webhooks/${discord.applicationId}/${token}`;
const texts = (as?: { as?: string }) => discord.messages(discord.channelId, as).map(({ text }) => text);
const fix = (given = {}) => discord.slash({ command: "bugbot", subcommand: "fix", ...given });
const retry = { type: 2, style: 2, label: "Retry", custom_id: "retry" };

describe("the immediate answer", () => {
  it("becomes a loading message that an edit fills, or the first follow-up does", async ({ expect }) => {
    const signed = fix();
    expect(discord.applyResponse(signed, JSON.stringify({ type: 5 }))).toMatchObject({ kind: "deferred" });
    expect(texts()).toEqual(["bugbot is thinking…"]);
    expect((await call("GET", `${hook(signed)}/messages/@original`)).body).toMatchObject({
      type: 20,
      flags: 128,
      content: "",
    });
    await call("PATCH", `${hook(signed)}/messages/@original`, { content: "Done" });
    await call("PATCH", `${hook(signed)}/messages/@original`, { content: "Done!" });
    expect(discord.messages(discord.channelId)).toMatchObject([{ author: "bugbot", text: "Done!", edits: 1 }]);
    const other = fix();
    discord.applyResponse(other, { type: 5, data: { flags: 64 } });
    await call("POST", hook(other), { content: "First" });
    const more = await call("POST", hook(other), { content: "Second" });
    expect(more.body).toMatchObject({ type: 19, referenced_message: { content: "First" } });
    expect(texts()).toEqual(["Done!", "Second"]);
    expect(texts({ as: discord.people.alice.id })).toEqual(["Done!", "First", "Second"]);
    expect(texts({ as: discord.people.bob.id })).toEqual(["Done!", "Second"]);
  });

  it("updates the message whose button was pressed", async ({ expect }) => {
    const asked = fix();
    discord.applyResponse(asked, { type: 4, data: { content: "Failed", components: [row(retry)] } });
    const [failed] = discord.messages(discord.channelId);
    expect(failed?.buttons).toEqual([{ label: "Retry", customId: "retry" }]);
    const pressed = discord.pressButton("retry", failed?.id ?? "", { user: discord.people.bob.id });
    expect(bodyOf(pressed)).toMatchObject({
      type: 3,
      data: { custom_id: "retry", component_type: 2 },
      message: { id: failed?.id, content: "Failed" },
      member: { user: { username: "bob" } },
    });
    expect(discord.applyResponse(pressed, { type: 7, data: { components: [] } })).toMatchObject({ kind: "updated" });
    await call("PATCH", `${hook(pressed)}/messages/@original`, { content: "Running" });
    expect(discord.messages(discord.channelId)).toMatchObject([
      { id: failed?.id, text: "Running", buttons: [], edits: 2 },
    ]);
    const wrong = discord.applyResponse(fix(), { type: 7, data: { content: "x" } });
    expect(wrong).toMatchObject({ kind: "refused", error: { code: 50035, errors: { type: {} } } });
  });

  it("opens a modal that a person fills in", ({ expect }) => {
    const asked = fix();
    const why = { type: 18, label: "Why", component: { type: 4, custom_id: "why", style: 2 } };
    const modal = { type: 9, data: { custom_id: "more", title: "Tell more", components: [why] } };
    expect(discord.applyResponse(asked, modal)).toMatchObject({ kind: "modal", modal: { title: "Tell more" } });
    const filled = discord.submitModal("more", { why: "it hurts" });
    expect(bodyOf(filled)).toMatchObject({
      type: 5,
      data: {
        custom_id: "more",
        components: [{ type: 18, component: { type: 4, custom_id: "why", value: "it hurts" } }],
      },
    });
    expect(discord.applyResponse(filled, { type: 9, data: modal.data })).toMatchObject({ kind: "refused" });
    expect(discord.applyResponse(filled, { type: 6 })).toMatchObject({ kind: "refused" });
    expect(discord.applyResponse(filled, { type: 4, data: { content: "Thanks" } })).toMatchObject({ kind: "message" });
    expect(texts()).toEqual(["Thanks"]);
  });

  it("completes what is typed, answers a PING, and is refused when it makes no sense", ({ expect }) => {
    const typed = () => discord.autocomplete({ command: "bm", options: { issue: "BU" }, focused: "issue" });
    const choices = [{ name: "BUG-12", value: "BUG-12" }];
    expect(discord.applyResponse(typed(), { type: 8, data: { choices } })).toEqual({ kind: "choices", choices });
    const many = Array.from({ length: 26 }, () => choices[0]);
    expect(discord.applyResponse(typed(), { type: 8, data: { choices: many } })).toMatchObject({ kind: "refused" });
    expect(discord.applyResponse(typed(), { type: 4, data: { content: "x" } })).toMatchObject({ kind: "refused" });
    expect(discord.applyResponse(discord.ping(), { type: 1 })).toEqual({ kind: "pong" });
    expect(discord.applyResponse(fix(), "not JSON")).toMatchObject({ kind: "refused", error: { code: 50109 } });
    expect(discord.applyResponse(fix(), { type: 4, data: {} })).toMatchObject({
      kind: "refused",
      error: { code: 50006 },
    });
    expect(texts()).toEqual([]);
  });

  it("comes too late after three seconds", ({ expect }) => {
    const asked = fix();
    discord.pass(3_000);
    expect(discord.applyResponse(asked, { type: 5 })).toMatchObject({ kind: "refused", error: { code: 10062 } });
    expect(texts()).toEqual([]);
  });
});

describe("an interaction's token", () => {
  it("is good for fifteen minutes, once the interaction was answered", async ({ expect }) => {
    const asked = fix();
    expect(await call("POST", hook(asked), { content: "x" })).toMatchObject({ status: 404, body: { code: 10015 } });
    discord.applyResponse(asked, { type: 4, data: { content: "On it" } });
    discord.expireInteractions();
    const expired = { status: 401, body: { code: 50027, message: "Invalid Webhook Token" } };
    expect(await call("POST", hook(asked), { content: "x" })).toMatchObject(expired);
    expect(await call("PATCH", `${hook(asked)}/messages/@original`, { content: "x" })).toMatchObject(expired);
    expect(await call("DELETE", `${hook(asked)}/messages/@original`)).toMatchObject(expired);
    expect(texts()).toEqual(["On it"]);
    const fresh = fix();
    discord.applyResponse(fresh, { type: 5 });
    expect(await call("GET", `${hook(fresh)}/messages/@original`)).toMatchObject({ status: 200 });
  });

  it("opens its own messages and no other", async ({ expect }) => {
    const asked = fix();
    discord.applyResponse(asked, { type: 4, data: { content: "On it" } });
    const foreign = discord.say("hello");
    const unknown = { status: 404, body: { code: 10008 } };
    expect(await call("DELETE", `${hook(asked)}/messages/${foreign.id}`)).toMatchObject(unknown);
    expect(await call("DELETE", `${hook(asked)}/messages/@original`)).toMatchObject({ status: 204 });
    expect(await call("GET", `${hook(asked)}/messages/@original`)).toMatchObject(unknown);
    expect(await call("POST", `/webhooks/1/${asked.token}`, { content: "x" })).toMatchObject({ body: { code: 10015 } });
    expect(texts()).toEqual(["hello"]);
  });

  it("answers over HTTP too, once", async ({ expect }) => {
    const asked = fix();
    const path = `/interactions/${asked.interactionId}/${asked.token}/callback`;
    expect(await call("POST", `/interactions/1/${asked.token}/callback`, { type: 5 })).toMatchObject({
      body: { code: 10062 },
    });
    expect(await call("POST", path, { type: 5 })).toMatchObject({ status: 204, body: undefined });
    expect(await call("POST", path, { type: 5 })).toMatchObject({ status: 400, body: { code: 40060 } });
    expect(texts()).toEqual(["bugbot is thinking…"]);
  });
});
