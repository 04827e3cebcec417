import { describe, it } from "vitest";
import { type MentionsWorld, useMentions } from "./mentions-world.ts";

let world: MentionsWorld;
useMentions((started) => (world = started));

describe("a mention in Discord", () => {
  it("becomes one command, and gets 👀", async ({ expect }) => {
    await world.ensure();
    await world.until("connected");
    const message = world.mention("fix the total is wrong");
    await world.heard("the total is wrong");
    expect(world.commands).toEqual([
      expect.objectContaining({ id: `discord-${message.id}`, name: "fix", text: "the total is wrong" }),
    ]);
    await expect
      .poll(() => world.discord.messages(message.channelId).find(({ id }) => id === message.id)?.reactions)
      .toEqual(["👀"]);
    expect(world.gateway.frames.find(({ op }) => op === 2)?.d).toMatchObject({ intents: (1 << 9) | (1 << 12) });
    expect(world.gateway.paths).toEqual(["/?v=10&encoding=json"]);
  });

  it("is no command without a mention, except in a direct message", async ({ expect }) => {
    await world.ensure();
    await world.until("connected");
    world.discord.say("fix this one");
    world.discord.say("fix a direct one", { direct: true });
    world.mention("fix another one");
    await world.heard("a direct one", "another one");
    expect(world.commands.map(({ name }) => name)).toEqual(["fix", "fix"]);
  });
});

describe("what Discord asks for", () => {
  it("a reconnect (opcode 7) is a RESUME", async ({ expect }) => {
    await world.ensure();
    await world.until("connected");
    world.gateway.reconnect();
    await expect.poll(() => world.gateway.resumes).toBe(1);
    world.mention("fix one");
    await world.heard("one");
    expect(world.gateway.identifies).toBe(1);
  });

  it.for<[boolean, { identifies: number; resumes: number }]>([
    [true, { identifies: 1, resumes: 1 }],
    [false, { identifies: 2, resumes: 0 }],
  ])("an invalid session (opcode 9, d: %s) is resumed or begun anew", async ([resumable, counts], { expect }) => {
    await world.ensure();
    await world.until("connected");
    world.gateway.invalidate({ resumable });
    await expect.poll(() => world.gateway.identifies + world.gateway.resumes).toBe(2);
    await world.until("connected");
    world.mention("fix one");
    await world.heard("one");
    expect(world.gateway).toMatchObject(counts);
  });

  it("a heartbeat at once (opcode 1) is sent", async ({ expect }) => {
    await world.ensure();
    await world.until("connected");
    const before = world.gateway.heartbeats;
    world.gateway.requestHeartbeat();
    await expect.poll(() => world.gateway.heartbeats).toBeGreaterThan(before);
  });
});

it("opens one socket however often it is asked to", async ({ expect }) => {
  await Promise.all(Array.from({ length: 10 }, () => world.ensure()));
  await world.until("connected");
  await Promise.all(Array.from({ length: 10 }, () => world.ensure()));
  expect(world.gateway).toMatchObject({ connections: 1, sockets: 1, identifies: 1 });
});

it("leaves with DISCORD_MENTIONS=off, and comes back", async ({ expect }) => {
  await world.ensure();
  await world.until("connected");
  await world.configure({ DISCORD_MENTIONS: "off" });
  expect(await world.ensure()).toMatchObject({ state: "off", reason: "DISCORD_MENTIONS is off" });
  await expect.poll(() => world.gateway.sockets).toBe(0);
  await world.configure({});
  await world.ensure();
  await world.until("connected");
});

it("gives up on a refused token until there is another", async ({ expect }) => {
  await world.configure({ DISCORD_BOT_TOKEN: "wrong" });
  await world.ensure();
  await world.until("fatal");
  expect((await world.state()).reason).toMatch(/refused the bot token/);
  expect(world.gateway.connections).toBe(0);
  await world.configure({});
  await world.ensure();
  await world.until("connected");
});

it("waits when Discord allows no more sessions today", async ({ expect }) => {
  const limit = { total: 1000, remaining: 0, reset_after: 60_000, max_concurrency: 1 };
  const body = { url: world.gateway.url, shards: 1, session_start_limit: limit };
  world.discord.fault("get_bot_gateway", { status: 200, body });
  await world.ensure();
  await expect.poll(async () => (await world.state()).reason).toMatch(/0 more sessions/);
  expect(world.gateway.connections).toBe(0);
});
