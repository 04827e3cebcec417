import { describe, it } from "vitest";
import { type Discord } from "../discord.ts";
import { type Answer, type ApiClient } from "./api-client.ts";
import { button, idsOf, refused, row, useDiscord } from "./use-discord.ts";

let discord: Discord;
let call: ApiClient;
let messages: string;
useDiscord((started) => ({ discord, call, messages } = started));

const texts = () => discord.messages(discord.channelId).map(({ text }) => text);

describe("a refusal", () => {
  it("says what is wrong with a message and posts nothing", async ({ expect }) => {
    const long = await call("POST", messages, { content: "x".repeat(2001) });
    const tooLong = { code: "BASE_TYPE_MAX_LENGTH", message: "Must be 2000 or fewer in length." };
    expect(long.body).toEqual({
      message: "Invalid Form Body",
      code: 50035,
      errors: { content: { _errors: [tooLong] } },
    });
    const wrong = {
      embeds: { embeds: [{ title: "x".repeat(257) }] },
      "embeds.size": { embeds: [{ description: "x".repeat(4000) }, { description: "x".repeat(2001) }] },
      "embeds.count": { embeds: Array.from({ length: 11 }, () => ({ title: "x" })) },
      components: { content: "x", components: [button("a")] },
      "components.rows": { content: "x", components: Array.from({ length: 6 }, (_, index) => row(button(`${index}`))) },
      "components.same": { content: "x", components: [row(button("a"), button("a"))] },
      "components.id": { content: "x", components: [row({ type: 2, style: 1, label: "x" })] },
      "components.label": { content: "x", components: [row({ ...button("a"), label: "x".repeat(81) })] },
      message_reference: { content: "x", message_reference: { message_id: "1" } },
      content: { flags: 1 << 15, content: "x", components: [{ type: 10, content: "x" }] },
    };
    for (const [field, form] of Object.entries(wrong)) {
      const { status, body } = await call("POST", messages, form);
      expect({ status, body }, field).toMatchObject({ status: 400, body: { code: 50035 } });
      expect(JSON.stringify(body), field).toContain(`"errors":{"${field.split(".")[0]}":`);
    }
    expect(await call("POST", messages, { content: " " })).toMatchObject(refused(400, 50006));
    expect(await call("POST", messages, "{")).toMatchObject(refused(400, 50109));
    expect(await call("POST", messages, "x", { "content-type": "text/plain" })).toMatchObject(refused(400, 50035));
    expect(texts()).toEqual([]);
  });

  it("keeps the bot from what is not there, not its own or not for it", async ({ expect }) => {
    const asked = discord.say("fix it", { mentionBot: true });
    const hidden = discord.guild.addChannel({ name: "board", botMay: "nothing" });
    const quiet = discord.guild.addChannel({ name: "news", botMay: "read" });
    const direct = discord.say("help", { direct: true });
    const thread = { name: "BUG-12" };
    await call("POST", `${messages}/${asked.id}/threads`, thread);
    const cases: [Promise<Answer>, number, number][] = [
      [call("GET", "/channels/1"), 404, 10003],
      [call("POST", "/channels/1/messages", { content: "x" }), 404, 10003],
      [call("GET", `${messages}/1`), 404, 10008],
      [call("PATCH", `${messages}/1`, { content: "x" }), 404, 10008],
      [call("PUT", `${messages}/${asked.id}/reactions/eyes/@me`), 400, 10014],
      [call("PATCH", `${messages}/${asked.id}`, { content: "x" }), 403, 50005],
      [call("DELETE", `${messages}/${asked.id}`), 403, 50013],
      [call("GET", `/channels/${hidden.id}/messages`), 403, 50001],
      [call("POST", `/channels/${quiet.id}/messages`, { content: "x" }), 403, 50013],
      [call("POST", `${messages}/${asked.id}/threads`, thread), 400, 160004],
      [call("POST", `/channels/${direct.channelId}/messages/${direct.id}/threads`, thread), 400, 50024],
      [call("GET", "/users/@me", undefined, { authorization: "Bot wrong" }), 401, 0],
      [call("GET", "/users/@me", undefined, { authorization: "bot-token" }), 401, 0],
      [call("GET", "/gateway", undefined, { "user-agent": "Mozilla/5.0" }), 403, 40333],
      [call("GET", "/nowhere"), 404, 0],
      [call("DELETE", "/users/@me"), 405, 0],
    ];
    for (const [answer, status, code] of cases) expect(await answer).toMatchObject(refused(status, code));
    expect(discord.messages(discord.channelId)).toMatchObject([{ id: asked.id, reactions: [], edits: 0 }]);
    expect([discord.messages(hidden.id), discord.messages(quiet.id)]).toEqual([[], []]);
  });
});

describe("commands", () => {
  it("are registered as a whole, keep their ids, and are refused as a whole", async ({ expect }) => {
    const commands = `/applications/${discord.applicationId}/commands`;
    const fix = { type: 1, name: "fix", description: "Fix" };
    const bugbot = { name: "bugbot", description: "Bugs", options: [fix] };
    const menu = { type: 3, name: "Fix with bugbot" };
    const first = idsOf(await call("PUT", commands, [bugbot, menu]));
    const second = await call("PUT", commands, [{ ...bugbot, description: "More bugs" }]);
    expect(idsOf(second)).toEqual(first.slice(0, 1));
    expect(second.body).toMatchObject([
      { name: "bugbot", description: "More bugs", application_id: discord.applicationId },
    ]);
    const wrong = [
      [bugbot, bugbot],
      [{ ...bugbot, name: "Bug Bot" }],
      [{ name: "bm" }],
      [{ ...menu, description: "x" }],
      [{ ...bugbot, options: [{ ...fix, description: "x".repeat(101) }] }],
    ];
    for (const form of wrong) expect(await call("PUT", commands, form)).toMatchObject(refused(400, 50035));
    expect(await call("PUT", "/applications/1/commands", [])).toMatchObject(refused(403, 20012));
    expect(await call("DELETE", `${commands}/1`)).toMatchObject(refused(404, 10063));
    expect([...discord.commands.global.values()].map(({ name }) => name)).toEqual(["bugbot"]);
    expect(await call("POST", commands, menu)).toMatchObject({ status: 201 });
    expect(await call("POST", commands, menu)).toMatchObject({ status: 200 });
    expect(discord.commands.guild.size).toBe(0);
  });
});
