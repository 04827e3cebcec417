import { afterAll, beforeAll, describe, it } from "vitest";
import type { Command } from "../shared/command.ts";
import { dayMs } from "../shared/limits.ts";
import { look } from "./chaos/look.ts";
import { queued } from "./queued.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld({ variables: { BUGBOT_OPERATORS: "U0OPS" } });
});
afterAll(() => world?.close());

const report = "https://github.com/acme/shop Apply twice counts twice";
const said = (ts: string) => world.slack.thread(world.channel, ts).filter(({ author }) => author === "bugbot");

describe("a command whose time is not ours", () => {
  it.for([
    ["two days late", "EvLate", -2 * dayMs],
    ["a day ahead", "EvAhead", dayMs],
  ] as const)("%s is done once, and left alone by the watchdog", async ([, id, awayMs], { expect }) => {
    const before = await look(world);
    const { ts, command } = queued(world, id, `contextualize ${report}`, { receivedAt: Date.now() + awayMs });
    world.linear.delay(200);
    await world.deliver(command);
    const db = await world.database();
    await world.until(() =>
      db
        .prepare("SELECT 1 FROM commands WHERE id = ?")
        .bind(command.id)
        .first()
        .then((row) => row ?? undefined),
    );
    await world.watchdog();
    expect(await world.settled(id)).toMatchObject({ outcome: "succeeded" });
    world.linear.delay(0);
    const after = await look(world);
    expect([after.issues.length - before.issues.length, after.comments.length - before.comments.length]).toEqual([
      1, 1,
    ]);
    expect(said(ts).map(({ text }) => text)).toEqual([expect.stringMatching(/^✅/)]);
  });

  it("counts for its limits when it comes, not when it says", async ({ expect }) => {
    const db = await world.database();
    await db.prepare("DELETE FROM admissions").run();
    for (const [at, awayMs] of [-2 * dayMs, dayMs, 0, -dayMs, 0].entries()) {
      const { command } = queued(world, `EvCounted${at}`, `contextualize ${report}`, {
        receivedAt: Date.now() + awayMs,
      });
      await world.deliver(command);
      expect(await world.settled(`EvCounted${at}`)).toMatchObject({ outcome: "succeeded" });
    }
    const { command, ts } = queued(world, "EvSixth", `contextualize ${report}`, { receivedAt: Date.now() - 2 * dayMs });
    await world.deliver(command);
    expect(await world.settled("EvSixth")).toMatchObject({ outcome: "refused" });
    expect(said(ts).map(({ text }) => text)).toEqual([expect.stringMatching(/Try again in \d+ minutes? \(/)]);
    await db.prepare("DELETE FROM admissions").run();
  });

  it("a stop from tomorrow stops nothing that is asked for after it", async ({ expect }) => {
    const first = await world.mention("help", { eventId: "EvHead" });
    const stop = queued(world, "EvStopAhead", "stop", { threadTs: first.ts, receivedAt: Date.now() + dayMs });
    await world.deliver(stop.command);
    expect(await world.settled("EvStopAhead")).toMatchObject({ outcome: "succeeded" });
    expect(await world.mention(`contextualize ${report}`, { threadTs: first.ts })).toMatchObject({
      outcome: "succeeded",
    });
  });
});

describe("a command from Discord that comes when its token has expired", () => {
  const late = (id: string, name: Command["name"], text: string): Command => ({
    v: 1,
    id: `discord-${id}`,
    name,
    text,
    conversation: {
      platform: "discord",
      guildId: world.discord.guildId,
      channelId: world.discord.channelId,
      interaction: { applicationId: "1100000000000000001", token: "expired", expiresAt: Date.now() - 60_000 },
    },
    author: { id: "1100000000000000099" },
    references: {},
    forAsker: name === "status",
    receivedAt: Date.now() - 20 * 60_000,
  });
  const bots = () =>
    [...world.discord.guild.channels.values()]
      .flatMap(({ id }) => world.discord.messages(id))
      .filter(({ author }) => author === "bugbot");

  it("is done in a thread all the same", async ({ expect }) => {
    await world.deliver(late("1", "contextualize", report));
    expect(await world.endOf("discord-1")).toMatchObject({ outcome: "succeeded" });
    expect(bots().filter(({ text }) => text.includes("✅"))).toHaveLength(1);
  });

  it("or, where the answer was for the asker alone, is not said to others, and an operator can read why", async ({
    expect,
  }) => {
    const before = bots().length;
    await world.deliver(late("2", "status", ""));
    const db = await world.database();
    const row = await world.until(async () => {
      await world.watchdog();
      const found = await db.prepare("SELECT outcome, last_word_error FROM commands WHERE id = 'discord-2'").first();
      return found?.["last_word_error"] ? found : undefined;
    });
    expect(row).toMatchObject({ outcome: "succeeded", last_word_error: expect.stringContaining("expired") });
    expect(bots()).toHaveLength(before);
  });
});
