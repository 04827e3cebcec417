import { describe, it } from "vitest";
import { type Discord } from "../discord.ts";
import { connectAs, connectGateway, contentsOf } from "./gateway-client.ts";
import { botToken, useDiscord } from "./use-discord.ts";

const properties = { os: "linux", browser: "bugbot", device: "bugbot" };

let discord: Discord;
let identify: ReturnType<typeof connectAs>["identify"];
let resume: ReturnType<typeof connectAs>["resume"];
useDiscord(
  (started) => {
    ({ discord } = started);
    ({ identify, resume } = connectAs(discord, botToken));
  },
  { heartbeatIntervalMs: 50 },
);

describe("a lost connection", () => {
  it("is resumed with everything missed, once", async ({ expect }) => {
    const { client, ready } = await identify();
    discord.say("one", { direct: true });
    await client.event("MESSAGE_CREATE");
    discord.gateway.drop();
    await client.closed;
    discord.say("two", { direct: true });
    const again = await resume(ready, 2);
    await again.event("RESUMED");
    expect(contentsOf(again)).toEqual(["two"]);
    expect(again.frames.flatMap(({ s }) => s ?? [])).toEqual([3, 4]);
    expect(discord.gateway).toMatchObject({ connections: 2, identifies: 1, resumes: 1 });
    expect(discord.gateway.paths[1]).toMatch(/^\/resume\//);
  });

  it.for(["before-hello", "after-hello", "after-identify", "after-ready"] as const)(
    "is cut %s",
    async (stage, { expect }) => {
      discord.gateway.dropAt(stage);
      const client = connectGateway(discord.gateway.url);
      const greeted = client.op(10).then(() => client.send(2, { token: botToken, intents: 512, properties }));
      expect(await client.closed).toBe(1006);
      if (stage === "before-hello") expect(client.frames).toEqual([]);
      else await greeted;
      expect(client.frames.filter(({ t }) => t === "READY")).toHaveLength(stage === "after-ready" ? 1 : 0);
      await identify();
    },
  );

  it("is cut mid-session and after RESUME, and nothing is lost", async ({ expect }) => {
    const { client, ready } = await identify();
    discord.gateway.dropAt("mid-session");
    discord.say("one", { direct: true });
    expect(await client.closed).toBe(1006);
    expect(contentsOf(client)).toEqual([]);
    discord.gateway.dropAt("after-resume");
    const cut = await resume(ready, 1);
    expect(await cut.closed).toBe(1006);
    const again = await resume(ready, 1);
    await again.event("RESUMED");
    expect([contentsOf(cut), contentsOf(again)]).toEqual([[], ["one"]]);
  });

  it("cannot be resumed where the session is gone", async ({ expect }) => {
    const unknown = await resume({ session_id: "gone", resume_gateway_url: discord.gateway.url }, 1);
    expect(await unknown.op(9)).toMatchObject({ d: false });
    const { client, ready } = await identify();
    client.close(1000);
    await client.closed;
    await expect.poll(() => discord.gateway.sockets).toBe(1);
    expect(await (await resume(ready, 1)).op(9)).toMatchObject({ d: false });
  });

  it("is told to try again, or to begin anew", async ({ expect }) => {
    const { client, ready } = await identify();
    discord.gateway.drop();
    await client.closed;
    const ahead = await resume(ready, 99);
    expect(await ahead.closed).toBe(4007);
    discord.gateway.refuseResume({ resumable: true });
    expect(await (await resume(ready, 1)).op(9)).toMatchObject({ d: true });
    const resumed = await resume(ready, 1);
    await resumed.event("RESUMED");
    discord.gateway.invalidate({ resumable: false });
    expect(await resumed.op(9)).toMatchObject({ d: false });
    expect(await (await resume(ready, 1)).op(9)).toMatchObject({ d: false });
  });
});

describe("orders from a test", () => {
  it("asks to reconnect, asks for a heartbeat, closes with a code", async ({ expect }) => {
    const { client, ready } = await identify();
    discord.gateway.reconnect();
    discord.gateway.requestHeartbeat();
    await client.op(7);
    await client.op(1);
    discord.gateway.closeWith(4000, "Unknown error.");
    expect(await client.closed).toBe(4000);
    const again = await resume(ready, 1);
    await again.event("RESUMED");
    discord.gateway.closeWith(4009);
    expect(await again.closed).toBe(4009);
    expect(await (await resume(ready, 1)).op(9)).toMatchObject({ d: false });
  });

  it("leaves heartbeats unanswered, and answers again", async ({ expect }) => {
    const { client } = await identify();
    discord.gateway.stopAcks();
    client.send(1, 1);
    discord.gateway.dispatch("TYPING_START", {});
    await client.event("TYPING_START");
    await expect.poll(() => discord.gateway.heartbeats).toBe(1);
    discord.gateway.startAcks();
    expect(await client.heard()).toEqual(["READY", "TYPING_START"]);
    expect(client.frames.filter(({ op }) => op === 11)).toHaveLength(1);
    expect(discord.gateway.frames.at(1)).toEqual({ op: 1, d: 1 });
  });
});
