import { afterAll, beforeAll, describe, it } from "vitest";
import * as z from "zod";
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
  const threads: string[] = [];
  const send = async (text: string, eventId: string, user = "U0FLOOD") => {
    const { body, headers, message } = world.slack.mention(text, { channel: world.channel, eventId, user });
    threads.push(message.ts);
    return (await world.post(body, headers)).status;
  };
  const held = () =>
    world.logs.flatMap((line) =>
      line.includes('"flood_held"') ? (/"commandId":"([^"]+)"/.exec(line)?.[1] ?? []) : [],
    );
  const tooMuch =
    /^(?:❌ )?That is more than 30 commands within a minute: .* Try again in a minute \(\d\d:\d\d UTC\)\.$/;

  it("is told once when to try again, has nothing else done, and is still heard when they write stop", async ({
    expect,
  }) => {
    // One event, delivered again and again, is one command; each delivery counts.
    for (let time = 1; time < 30; time++) expect(await send("help", "EvFlood")).toBe(200);
    // A minute may have ended meanwhile.
    for (let number = 1; held().length < 3 && number < 70; number++)
      expect(await send("help", `EvFlood${number}`)).toBe(200);
    expect(held()).toHaveLength(3);
    const words = () => threads.flatMap((ts) => world.slack.thread(world.channel, ts));
    const refusals = () => words().filter(({ author, text }) => author === "bugbot" && tooMuch.test(text));
    await world.until(() => (refusals().length > 0 ? true : undefined));

    expect(await send("stop", "EvFloodStop")).toBe(200);
    expect(await send("help", "EvNoFlood", "U0BOB")).toBe(200);
    expect(await send("help", "EvNoFloodOps", "U0OPS")).toBe(200);
    for (const eventId of ["EvFlood", "EvFloodStop", "EvNoFlood", "EvNoFloodOps"])
      expect(await world.settled(eventId)).toMatchObject({ outcome: "succeeded" });
    const db = await world.database();
    for (const id of held())
      expect(await db.prepare("SELECT 1 FROM commands WHERE id = ?").bind(id).first()).toBeNull();
    const minutes = Number(await db.prepare("SELECT count(*) AS n FROM commands WHERE id LIKE 'flood-%'").first("n"));
    // One in a minute, and this may have been two.
    expect([1, 2]).toContain(minutes);
    expect(refusals()).toHaveLength(minutes);
    expect(await db.prepare("SELECT DISTINCT outcome FROM commands WHERE id LIKE 'flood-%'").first("outcome")).toBe(
      "refused",
    );
  });

  it("reads it at once after a slash command", async ({ expect }) => {
    let told: unknown;
    for (let number = 1; told === undefined && number < 70; number++) {
      const answer = await world.fromSlack(world.slack.slashCommand("help", { channel: "C0ASK", user: "U0FLOOD" }));
      expect(answer.status).toBe(200);
      const text = await answer.text();
      if (text !== "") told = JSON.parse(text);
    }
    expect(told).toEqual({ response_type: "ephemeral", text: expect.stringMatching(tooMuch) });
  });

  it("reads it at once in Discord", async ({ expect }) => {
    const ask = () => world.discord.slash({ command: "bugbot", subcommand: "help" });
    let told: unknown;
    for (let number = 1; told === undefined && number < 70; number++) {
      const { body, headers } = ask();
      const answer = await fetch(`${world.url}/discord/interactions`, { method: "POST", body, headers });
      expect(answer.status).toBe(200);
      const { type, data } = z
        .object({ type: z.number(), data: z.object({ flags: z.number(), content: z.string().optional() }) })
        .parse(await answer.json());
      if (type === 4) told = data;
    }
    expect(told).toMatchObject({ flags: 64, content: expect.stringMatching(tooMuch) });
  });

  it("is told once when they mention bugbot in Discord", async ({ expect }) => {
    const { discord } = world;
    const user = discord.people.bob.id;
    const before = held().length;
    for (let number = 1; held().length < before + 3 && number < 70; number++) {
      const { id } = discord.say("help", { mentionBot: true, user });
      await world.until(() => world.logs.find((line) => line.includes(`"commandId":"discord-${id}"`)));
    }
    const db = await world.database();
    for (const id of held().slice(before))
      expect(await db.prepare("SELECT 1 FROM commands WHERE id = ?").bind(id).first()).toBeNull();
    const refusals = () =>
      discord.messages(discord.channelId).filter(({ author, text }) => author === "bugbot" && tooMuch.test(text));
    await world.until(() => (refusals().length > 0 ? true : undefined));
    const { id } = discord.say("stop", { mentionBot: true, user });
    expect(await world.endOf(`discord-${id}`)).toMatchObject({ outcome: "succeeded" });
    // One in a minute, and this may have been two.
    expect([1, 2]).toContain(refusals().length);
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
