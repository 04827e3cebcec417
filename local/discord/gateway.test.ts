import { describe, it } from "vitest";
import { type Discord } from "../discord.ts";
import { connectAs, connectGateway, contentsOf } from "./gateway-client.ts";
import { intents } from "./gateway-dispatches.ts";
import { botToken, useDiscord } from "./use-discord.ts";

const { guilds, guildMessages, directMessages, messageContent } = intents;
const properties = { os: "linux", browser: "bugbot", device: "bugbot" };

let discord: Discord;
let connect: ReturnType<typeof connectAs>["connect"];
let identify: ReturnType<typeof connectAs>["identify"];
const start = useDiscord(
  (started) => {
    ({ discord } = started);
    ({ connect, identify } = connectAs(discord, botToken));
  },
  { heartbeatIntervalMs: 50 },
);

describe("a session", () => {
  it("begins with HELLO and READY, and beats", async ({ expect }) => {
    const { client, ready } = await identify();
    expect(client.frames.map(({ op }) => op)).toEqual([10, 0]);
    expect(client.frames[0]?.d).toMatchObject({ heartbeat_interval: 50 });
    expect(ready).toMatchObject({ v: 10, user: { id: discord.botUserId }, application: { id: discord.applicationId } });
    expect(ready["guilds"]).toEqual([{ id: discord.guildId, unavailable: true }]);
    client.send(1, 1);
    await client.op(11);
    expect(discord.gateway).toMatchObject({ connections: 1, identifies: 1, resumes: 0, heartbeats: 1, sockets: 1 });
    expect(discord.gateway.paths).toEqual(["/?v=10&encoding=json"]);
  });

  it("tells only who asked for it of the guild and its threads", async ({ expect }) => {
    const { client } = await identify(guildMessages | guilds);
    const other = await identify(directMessages);
    await client.event("GUILD_CREATE");
    discord.startThread(discord.say("the cart is empty"), "BUG-12");
    expect(await client.heard()).toEqual([
      "READY",
      "GUILD_CREATE",
      "MESSAGE_CREATE",
      "THREAD_CREATE",
      "MESSAGE_UPDATE",
    ]);
    expect(await other.client.heard()).toEqual(["READY"]);
  });

  it.for([
    ["a wrong token", { token: "wrong", intents: 512, properties }, 4004],
    ["a privileged intent", { token: botToken, intents: messageContent, properties }, 4014],
    ["an intent that does not exist", { token: botToken, intents: 2 ** 29, properties }, 4013],
    ["no properties", { token: botToken, intents: 512 }, 4002],
    ["a shard of many", { token: botToken, intents: 512, properties, shard: [1, 2] }, 4010],
  ] as const)("is refused for %s", async ([, d, code], { expect }) => {
    const client = await connect();
    client.send(2, d);
    expect(await client.closed).toBe(code);
    expect(client.frames.map(({ t }) => t)).not.toContain("READY");
  });

  it("is closed for what a client must not send", async ({ expect }) => {
    const { client } = await identify();
    client.send(2, { token: botToken, intents: 512, properties });
    expect(await client.closed).toBe(4005);
    const strange = await connect();
    strange.send(99, null);
    expect(await strange.closed).toBe(4001);
    const early = await connect();
    early.send(3, {});
    expect(await early.closed).toBe(4003);
    const broken = await connect();
    broken.sendText("{");
    expect(await broken.closed).toBe(4002);
    expect(await connectGateway(discord.gateway.url, "?v=9").closed).toBe(4012);
  });
});

describe("what the bot hears", () => {
  it("has words only where the bot is called, or in its direct channel", async ({ expect }) => {
    const { client } = await identify();
    const plain = discord.say("the cart is empty", { attachments: [{ filename: "cart.png" }] });
    discord.say("fix it", { mentionBot: true, replyTo: plain.id });
    discord.say("status", { direct: true });
    discord.say("<@&1100000000000000099> fix it");
    await client.heard();
    expect(contentsOf(client)).toEqual(["", `<@${discord.botUserId}> fix it`, "status", ""]);
    const [first, second, third] = client.frames.filter(({ t }) => t === "MESSAGE_CREATE").map(({ d }) => d);
    expect(first).toMatchObject({ id: plain.id, attachments: [], guild_id: discord.guildId, mentions: [] });
    expect(second).toMatchObject({ mentions: [{ id: discord.botUserId }, { id: plain.authorId }], member: {} });
    expect(second).toMatchObject({ referenced_message: { id: plain.id, content: "" } });
    expect(third).not.toHaveProperty("guild_id");
    expect(third).not.toHaveProperty("member");
  });

  it("has every word once the intent was granted and asked for", async ({ expect }) => {
    await start({ messageContent: true });
    const asks = await identify(guildMessages | messageContent);
    const doesNot = await identify(guildMessages);
    discord.say("the cart is empty");
    await asks.client.heard();
    await doesNot.client.heard();
    expect([contentsOf(asks.client), contentsOf(doesNot.client)]).toEqual([["the cart is empty"], [""]]);
  });
});
