import { describe, it } from "vitest";
import { type MentionsWorld, useMentions } from "./mentions-world.ts";

let world: MentionsWorld;
const start = useMentions((started) => (world = started));

describe("a connection that is dropped", () => {
  it.for(["before-hello", "after-hello"] as const)(
    "%s is made again, with one IDENTIFY that counts",
    async (stage, { expect }) => {
      world.gateway.dropAt(stage, 2);
      await world.ensure();
      await world.until("connected");
      world.mention("fix one");
      await world.heard("one");
      expect(world.gateway.connections).toBe(3);
    },
  );

  it.for(["after-identify", "after-ready"] as const)("%s is made again", async (stage, { expect }) => {
    world.gateway.dropAt(stage);
    await world.ensure();
    await world.until("connected");
    world.mention("fix one");
    await world.heard("one");
    expect(world.gateway.connections).toBe(2);
  });

  it("after the READY was heard is resumed with what was missed", async ({ expect }) => {
    await world.ensure();
    await world.until("connected");
    world.gateway.dropAt("mid-session");
    world.gateway.dropAt("after-resume", 2);
    world.gateway.dropAt("before-hello");
    for (const words of ["one", "two", "three"]) world.mention(`fix ${words}`);
    await world.heard("one", "two", "three");
    world.gateway.drop();
    world.mention("fix four");
    await world.heard("one", "two", "three", "four");
    expect(world.gateway.identifies).toBe(1);
    expect(world.gateway.paths.filter((path) => path.startsWith("/resume")).length).toBeGreaterThan(1);
    expect(world.gateway.paths.every((path) => path.endsWith("?v=10&encoding=json"))).toBe(true);
  });

  it.for([4000, 4008, 1001])("with code %i is resumed", async (code, { expect }) => {
    await world.ensure();
    await world.until("connected");
    // 1001 ends the stand-in's session: it answers the RESUME with opcode 9, and a new session begins.
    world.gateway.closeWith(code);
    await expect.poll(() => world.gateway.resumes).toBe(1);
    await world.until("connected");
    world.mention("fix one");
    await world.heard("one");
    expect(world.gateway.identifies).toBe(code === 1001 ? 2 : 1);
  });

  it.for([4007, 4009])("with code %i begins a new session", async (code, { expect }) => {
    await world.ensure();
    await world.until("connected");
    world.gateway.closeWith(code);
    await expect.poll(() => world.gateway.identifies).toBe(2);
    await world.until("connected");
    expect(world.gateway.resumes).toBe(0);
    expect((await world.state()).identifiesToday).toBe(2);
  });

  it.for([4004, 4014])("with code %i is tried again an hour later", async (code, { expect }) => {
    await world.ensure();
    await world.until("connected");
    world.gateway.closeWith(code);
    await world.until("fatal");
    for (let minute = 0; minute < 3; minute++) await world.ensure();
    await world.evict();
    expect(await world.ensure()).toMatchObject({ state: "fatal", reason: expect.stringContaining(String(code)) });
    expect(world.gateway.connections).toBe(1);
    await world.configure({ AN_HOUR_LATER: "yes" });
    await world.until("connected");
    expect(world.gateway.connections).toBe(2);
    world.mention("fix one");
    await world.heard("one");
  });
});

it("resumes when heartbeats are no longer acknowledged", async ({ expect }) => {
  await start({ heartbeatIntervalMs: 200 });
  await world.ensure();
  await expect.poll(() => world.gateway.heartbeats).toBeGreaterThan(1);
  world.gateway.stopAcks();
  await expect.poll(() => world.gateway.resumes, { timeout: 10_000 }).toBeGreaterThan(0);
  world.gateway.startAcks();
  world.mention("fix one");
  await world.heard("one");
  expect(world.gateway.identifies).toBe(1);
});

it("resumes after the object was evicted, woken by its alarm alone", async ({ expect }) => {
  await world.ensure();
  await world.until("connected");
  world.mention("fix one");
  await world.heard("one");
  await world.evict();
  world.mention("fix two");
  await expect.poll(() => world.gateway.resumes, { timeout: 10_000 }).toBe(1);
  await world.heard("one", "two");
  expect(world.gateway.identifies).toBe(1);
  await expect.poll(() => world.gateway.sockets).toBe(1);
});

it("hears each mention of a bad day exactly once, and in order", async ({ expect }) => {
  await world.ensure();
  await world.until("connected");
  const { gateway } = world;
  const mishaps = [
    () => gateway.drop(),
    () => gateway.reconnect(),
    () => gateway.dropAt("mid-session"),
    () => gateway.closeWith(4000),
    () => gateway.dropAt("after-resume"),
    () => gateway.invalidate({ resumable: true }),
    () => gateway.dropAt("before-hello"),
    () => world.queue.fault("POST /", { reset: true }),
  ];
  const words = Array.from({ length: 32 }, (_, at) => `number ${at}`);
  for (const [at, text] of words.entries()) {
    world.mention(`fix ${text}`);
    mishaps[at % mishaps.length]?.();
    await world.ensure();
  }
  await world.heard(...words);
  expect(world.queue.requests.length - words.length, "only what the queue refused was sent again").toBe(4);
  expect(gateway.identifies).toBe(1);
});

it("keeps a mention that the queue refuses, and those after it, until the queue takes them", async ({ expect }) => {
  await world.ensure();
  await world.until("connected");
  world.queue.fault("POST /", { times: 3 });
  for (const words of ["one", "two", "three"]) world.mention(`fix ${words}`);
  await world.heard("one", "two", "three");
  expect(world.queue.requests).toHaveLength(6);
  expect(world.gateway.identifies).toBe(1);
  expect(world.gateway.resumes).toBe(3);
});
