import { describe, it } from "vitest";
import { type Discord } from "../discord.ts";
import { type ApiClient } from "./api-client.ts";
import { idsOf, refused, useDiscord } from "./use-discord.ts";

let discord: Discord;
let call: ApiClient;
let messages: string;
const start = useDiscord((started) => ({ discord, call, messages } = started));

describe("reading as the bot", () => {
  it("hides what people say from who may not read it, but for mentions and the bot's own", async ({ expect }) => {
    const plain = discord.say("the cart is empty", { attachments: [{ filename: "cart.png" }] });
    const asked = discord.say("fix it", { mentionBot: true, replyTo: plain.id });
    await call("POST", messages, { content: "On it" });
    const { body } = await call("GET", messages);
    expect(body).toMatchObject([
      { content: "On it" },
      { content: `<@${discord.botUserId}> fix it`, referenced_message: { id: plain.id, content: "" } },
      { content: "", attachments: [], author: { username: "alice" } },
    ]);
    await call("POST", `${messages}/${asked.id}/threads`, { name: "BUG-12" });
    const inThread = await call("GET", `/channels/${asked.id}/messages`);
    expect(inThread.body).toMatchObject([{ type: 21, content: "", referenced_message: { id: asked.id } }]);
    await start({ messageContent: true });
    discord.say("the cart is empty");
    expect((await call("GET", messages)).body).toMatchObject([{ content: "the cart is empty" }]);
  });

  it("gives messages newest first, a page at a time", async ({ expect }) => {
    const ids = ["a", "b", "c", "d", "e"].map((text) => discord.say(text).id);
    const [a = "", b = "", c = "", d = "", e = ""] = ids;
    expect(idsOf(await call("GET", messages))).toEqual([e, d, c, b, a]);
    expect(idsOf(await call("GET", `${messages}?limit=2`))).toEqual([e, d]);
    expect(idsOf(await call("GET", `${messages}?limit=2&before=${d}`))).toEqual([c, b]);
    expect(idsOf(await call("GET", `${messages}?limit=2&after=${a}`))).toEqual([c, b]);
    expect(idsOf(await call("GET", `${messages}?limit=3&around=${c}`))).toEqual([d, c, b]);
    const tooMany = await call("GET", `${messages}?limit=101`);
    expect(tooMany.body).toMatchObject({ code: 50035, errors: { limit: { _errors: [{ code: "NUMBER_TYPE_MAX" }] } } });
    expect(await call("GET", `${messages}?after=x`)).toMatchObject(refused(400, 50035));
  });
});
