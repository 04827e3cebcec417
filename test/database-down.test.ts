import { afterAll, beforeAll, describe, it } from "vitest";
import { look } from "./chaos/look.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());

const report = "https://github.com/acme/shop Apply twice counts twice";
const hidden = "hidden_";

/** Every statement of bugbot's fails from now on: its tables are not there. */
async function breakDatabase(): Promise<void> {
  const db = await world.database();
  const { results } = await db
    .prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' AND name <> 'd1_migrations'",
    )
    .all<{ name: string }>();
  await db.batch(
    results
      .filter(({ name }) => !name.startsWith("sqlite_"))
      .map(({ name }) => db.prepare(`ALTER TABLE ${name} RENAME TO ${hidden}${name}`)),
  );
}

async function mendDatabase(): Promise<void> {
  const db = await world.database();
  const { results } = await db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE ?")
    .bind(`${hidden}%`)
    .all<{ name: string }>();
  await db.batch(results.map(({ name }) => db.prepare(`ALTER TABLE ${name} RENAME TO ${name.replace(hidden, "")}`)));
}

const said = (ts: string) => world.slack.thread(world.channel, ts).filter(({ author }) => author === "bugbot");

describe("while D1 answers errors", () => {
  it("a command has its one last word all the same, is recorded when D1 is back, and is done by Retry", async ({
    expect,
  }) => {
    const before = await look(world);
    await breakDatabase();
    const { outcome, ts, replies } = await world.mention(`contextualize ${report}`, { eventId: "EvDown" });
    expect(outcome).toBe("failed");
    expect(replies).toMatchObject([
      { text: expect.stringMatching(/^❌ Something broke[\s\S]*`slack-EvDown`/), buttons: ["Retry"] },
    ]);
    expect(await look(world)).toEqual(before);

    await mendDatabase();
    const db = await world.database();
    const row = "SELECT outcome, ended_by, last_word_at > 0 AS said FROM commands WHERE id = 'slack-EvDown'";
    // The queue delivers again what could not be noted, and the watchdog looks a minute later.
    const found = await world.until(async () => {
      await db.prepare("UPDATE commands SET started_at = started_at - 120000 WHERE outcome IS NULL").run();
      await world.watchdog();
      const seen = await db.prepare(row).first();
      return seen?.["outcome"] ? seen : undefined;
    });
    expect(found).toEqual({ outcome: "failed", ended_by: "workflow", said: 1 });
    await world.watchdog();
    expect(said(ts)).toHaveLength(1);
    const letters = () => db.prepare("SELECT status FROM dead_letters WHERE id = 'slack-EvDown'").all();
    await world.until(async () => ((await letters()).results.length > 0 ? true : undefined));
    expect((await letters()).results).toEqual([{ status: "dead" }]);

    const again = await world.ends(() =>
      world.fromSlack(world.slack.pressButton("Retry", { ts: said(ts)[0]?.ts ?? "" })),
    );
    expect(again.outcome).toBe("succeeded");
    const after = await look(world);
    expect([after.issues.length, after.comments.length]).toEqual([
      before.issues.length + 1,
      before.comments.length + 1,
    ]);
  });

  it("a command waits for it a few seconds, and goes on as if nothing had been", async ({ expect }) => {
    const before = await look(world);
    const { body, headers, message } = world.slack.mention(`contextualize ${report}`, {
      channel: world.channel,
      eventId: "EvAWhile",
    });
    const failures = () => world.logs.filter((line) => line.includes("effect_failed") && line.includes("EvAWhile"));
    await breakDatabase();
    await world.post(body, headers);
    await world.until(() => (failures().length > 0 ? true : undefined));
    await mendDatabase();
    const { outcome } = await world.settled("EvAWhile");
    expect(outcome).toBe("succeeded");
    expect(said(message.ts)).toHaveLength(1);
    const after = await look(world);
    expect([after.issues.length, after.comments.length]).toEqual([
      before.issues.length + 1,
      before.comments.length + 1,
    ]);
    const db = await world.database();
    const row = await db.prepare("SELECT outcome, ended_by FROM commands WHERE id = 'slack-EvAWhile'").first();
    expect(row).toEqual({ outcome: "succeeded", ended_by: "workflow" });
  });

  it("a fix that is under way loses nothing of what it has done", async ({ expect }) => {
    const before = await look(world);
    const { body, headers, message } = world.slack.mention(`fix ${report}`, {
      channel: world.channel,
      eventId: "EvMidway",
    });
    await world.post(body, headers);
    // The branch is pushed; what follows wants D1.
    await world.until(() => world.github.requests.find(({ path }) => path.endsWith("/git-receive-pack")));
    await breakDatabase();
    const failures = () => world.logs.filter((line) => line.includes("effect_failed") && line.includes("EvMidway"));
    await world.until(() => (failures().length > 0 ? true : undefined));
    await mendDatabase();
    const { outcome } = await world.settled("EvMidway");
    const after = await look(world);
    expect(said(message.ts)).toHaveLength(1);
    expect({
      outcome,
      pulls: after.pulls.length - before.pulls.length,
      branches: after.branches.length - before.branches.length,
    }).toEqual({ outcome: "succeeded", pulls: 1, branches: 1 });
  });
});
