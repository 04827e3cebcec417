import { afterAll, beforeAll, describe, it } from "vitest";
import { createWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld({ variables: { BUGBOT_OPERATORS: "U0OPS", BUGBOT_MAX_RUNNING: "2" } });
});
afterAll(() => world?.close());

const look = "contextualize Apply twice counts twice";
const posts = () => world.slack.requests.filter(({ operation }) => operation === "chat.postMessage").length;

describe("somebody who asks for more than five pieces of work in a quarter of an hour", () => {
  it("hears once when to try again, and can still ask and stop", async ({ expect }) => {
    for (let time = 0; time < 5; time++) expect((await world.mention(look)).outcome).toBe("succeeded");
    const [issues, before] = [world.linear.workspace.issues.length, posts()];
    const { outcome, replies, asked } = await world.mention(look, { eventId: "EvSixth" });
    expect(outcome).toBe("refused");
    expect(replies.map(({ text }) => text)).toEqual([
      expect.stringMatching(
        /^❌ You have given me work 5 times within 15 minutes.*Try again in \d+ minutes? \(\d\d:\d\d UTC\)\.$/,
      ),
    ]);
    expect(asked?.reactions).toEqual([":x:"]);

    const { body, headers } = world.slack.mention(look, { channel: world.channel, eventId: "EvSixth" });
    expect((await world.post(body, headers)).status).toBe(200);
    await world.watchdog();
    expect((await world.mention("status")).outcome).toBe("succeeded");
    expect((await world.mention("stop")).outcome).toBe("succeeded");
    expect(posts()).toBe(before + 3);
    expect(world.linear.workspace.issues).toHaveLength(issues);

    expect((await world.mention(look, { user: "U0OPS" })).outcome).toBe("succeeded");
  });
});

describe("a workspace where as much runs as may", () => {
  it("takes no more until something has ended", async ({ expect }) => {
    world.linear.fault("issueCreate", { hang: true, times: 9 });
    for (const user of ["U0BOB", "U0EVE"]) {
      const { body, headers } = world.slack.mention(`fix https://github.com/acme/shop ${user} sees it hang`, {
        channel: world.channel,
        eventId: `Ev${user}`,
        user,
      });
      await world.post(body, headers);
    }
    const db = await world.database();
    await world.until(async () =>
      (await db.prepare("SELECT count(*) AS n FROM admissions WHERE author_id IN ('U0BOB', 'U0EVE')").first("n")) === 2
        ? true
        : undefined,
    );
    const { outcome, replies } = await world.mention(look, { user: "U0DAN" });
    expect(outcome).toBe("refused");
    expect(replies.map(({ text }) => text)).toEqual([
      expect.stringMatching(
        /^❌ As much is under way in this workspace as may be at once \(2\)\. Try again when .*UTC\) at the latest\.$/,
      ),
    ]);
    expect(world.github.pullRequests(world.repository)).toEqual([]);
  });
});

describe("somebody who sends more than a person can", () => {
  it("is turned away with 429 before anything comes of it, and is still heard when they write stop", async ({
    expect,
  }) => {
    const send = async (text: string, eventId: string, user = "U0FLOOD") => {
      const { body, headers } = world.slack.mention(text, { channel: world.channel, eventId, user });
      return world.post(body, headers);
    };
    // One event, delivered again and again, is one command; each delivery counts.
    for (let time = 1; time < 30; time++) expect((await send("help", "EvFlood")).status).toBe(200);
    let [held, number] = [await send("help", "EvFlood0"), 0];
    // A minute may have ended meanwhile: two in a row are more than enough.
    while (held.status === 200 && number < 60) held = await send("help", `EvFlood${++number}`);
    expect([held.status, held.headers.get("retry-after")]).toEqual([429, "60"]);
    expect((await send("stop", "EvFloodStop")).status).toBe(200);
    expect((await send("help", "EvNoFlood", "U0BOB")).status).toBe(200);
    expect((await send("help", "EvNoFloodOps", "U0OPS")).status).toBe(200);

    for (const eventId of ["EvFlood", "EvFloodStop", "EvNoFlood", "EvNoFloodOps"])
      expect(await world.settled(eventId)).toMatchObject({ outcome: "succeeded" });
    const db = await world.database();
    expect(await db.prepare("SELECT 1 FROM commands WHERE id = ?").bind(`slack-EvFlood${number}`).first()).toBeNull();
    expect(
      world.logs.filter((line) => line.includes(`flood_held`) && line.includes(`slack-EvFlood${number}`)),
    ).toHaveLength(1);
  });
});

describe("GET /health", () => {
  it("knows each part, and says unhealthy when the database has lost its tables", async ({ expect }) => {
    const ask = async () => {
      const response = await fetch(`${world.url}/health`);
      return { code: response.status, body: await response.text() };
    };
    const before = await ask();
    expect(before.code).toBe(200);
    expect(JSON.parse(before.body)).toMatchObject({
      components: { database: { state: "on" }, container: { state: "on" }, slack: { state: "on" } },
    });
    const db = await world.database();
    await db.prepare("ALTER TABLE commands RENAME TO lost").run();
    const after = await world.until(async () => {
      const found = await ask();
      return found.body === before.body ? undefined : found;
    });
    await db.prepare("ALTER TABLE lost RENAME TO commands").run();
    expect(after.code).toBe(503);
    expect(JSON.parse(after.body)).toMatchObject({
      status: "unhealthy",
      components: { database: { state: "incomplete", missing: [expect.stringContaining("migrations")] } },
    });
    const secrets = Object.values(world.standIns.credentials).filter((value) => value.length > 8);
    expect(secrets.length).toBeGreaterThan(4);
    for (const secret of secrets) expect(before.body + after.body).not.toContain(secret);
  });
});
