import { afterAll, beforeAll, describe, it } from "vitest";
import { look, type Sight } from "./chaos/look.ts";
import { queued, type QueuedAt } from "./queued.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());

const report = "https://github.com/acme/shop Apply twice counts twice";
const said = (ts: string) => world.slack.thread(world.channel, ts).filter(({ author }) => author === "bugbot");

const write = (id: string, text: string, at: QueuedAt) => queued(world, id, text, at);

async function made(before: Sight) {
  const after = await look(world);
  return {
    issues: after.issues.length - before.issues.length,
    comments: after.comments.length - before.comments.length,
    branches: after.branches.length - before.branches.length,
    pulls: after.pulls.length - before.pulls.length,
  };
}
const nothing = { issues: 0, comments: 0, branches: 0, pulls: 0 };

describe("a message that is delivered again", () => {
  it("after its command has ended changes nothing and says nothing", async ({ expect }) => {
    const { ts, command } = write("EvAgain", `contextualize ${report}`, {});
    await world.deliver(command);
    expect(await world.settled("EvAgain")).toMatchObject({ outcome: "succeeded" });
    const [before, words] = [await look(world), said(ts)];
    const taken = () => world.logs.filter((line) => line.includes('"command_taken"') && line.includes("slack-EvAgain"));
    for (let time = 0; time < 2; time++) await world.deliver({ ...command, receivedAt: Date.now() });
    await world.until(() => (taken().length === 3 ? true : undefined));
    await world.watchdog();
    expect(await look(world)).toEqual(before);
    expect(said(ts)).toEqual(words);
  });
});

describe("what overtakes its fix on the queue", () => {
  it("a stop stops it all the same, and nothing is made", async ({ expect }) => {
    const fix = write("EvLateFix", `fix ${report}`, { receivedAt: Date.now() - 2_000 });
    const stop = write("EvEarlyStop", "stop", { threadTs: fix.ts });
    const before = await look(world);
    await world.deliver(stop.command);
    expect(await world.settled("EvEarlyStop")).toMatchObject({ outcome: "succeeded" });
    await world.deliver(fix.command);
    expect(await world.settled("EvLateFix")).toMatchObject({ outcome: "stopped" });
    expect(await made(before)).toEqual(nothing);
    expect(said(fix.ts).map(({ text }) => text)).toEqual([
      "Nothing is running here.",
      expect.stringMatching(/^Stopped\. Nothing was pushed\./),
    ]);

    const again = await world.ends(() =>
      world.fromSlack(world.slack.pressButton("Retry", { ts: said(fix.ts)[1]?.ts ?? "" })),
    );
    expect(again.outcome).toBe("succeeded");
    expect(await made(before)).toEqual({ issues: 1, comments: 0, branches: 1, pulls: 1 });
  });

  it("words for it are answered with help, so that they can be said again, and the fix is done", async ({ expect }) => {
    const fix = write("EvFixAfterWords", `fix ${report}`, { receivedAt: Date.now() - 2_000 });
    const words = write("EvEarlyWords", "also handle the quirky coupon", { threadTs: fix.ts });
    const before = await look(world);
    await world.deliver(words.command);
    expect(await world.settled("EvEarlyWords")).toMatchObject({ outcome: "succeeded" });
    await world.deliver(fix.command);
    expect(await world.settled("EvFixAfterWords")).toMatchObject({ outcome: "succeeded" });
    expect(await made(before)).toEqual({ issues: 1, comments: 0, branches: 1, pulls: 1 });
    expect(said(fix.ts).map(({ text }) => text)).toEqual([
      expect.stringContaining("I do not know “also”"),
      expect.stringMatching(/^✅/),
    ]);
  });

  it("another fix of its thread is one pull request with it", async ({ expect }) => {
    const first = write("EvFirst", `fix ${report}`, { receivedAt: Date.now() - 2_000 });
    const second = write("EvSecond", "fix the empty cart too", { threadTs: first.ts });
    const before = await look(world);
    await world.deliver(second.command);
    await world.deliver(first.command);
    const ends = await Promise.all(["EvFirst", "EvSecond"].map((id) => world.settled(id)));
    expect(await made(before)).toMatchObject({ issues: 1, branches: 1, pulls: 1 });
    expect(ends.map(({ outcome }) => outcome)).toEqual(["succeeded", "succeeded"]);
    expect(said(first.ts)).toHaveLength(2);
  });
});

describe("two Workflows of one conversation at once", () => {
  it("two contextualize share one issue and one comment, and each has its last word", async ({ expect }) => {
    const one = write("EvOne", `contextualize ${report}`, {});
    const other = write("EvOther", "contextualize", { threadTs: one.ts });
    const before = await look(world);
    await Promise.all([one, other].map(({ command }) => world.deliver(command)));
    for (const id of ["EvOne", "EvOther"]) expect(await world.settled(id)).toMatchObject({ outcome: "succeeded" });
    expect(await made(before)).toEqual({ ...nothing, issues: 1, comments: 1 });
    expect(said(one.ts)).toHaveLength(2);
  });

  it("contextualize, fix and fix are one issue, one comment and one pull request", async ({ expect }) => {
    const one = write("EvCard", `contextualize ${report}`, {});
    const fixes = ["EvFixA", "EvFixB"].map((id) => write(id, `fix ${report}`, { threadTs: one.ts }));
    const before = await look(world);
    await Promise.all([one, ...fixes].map(({ command }) => world.deliver(command)));
    for (const id of ["EvCard", "EvFixA", "EvFixB"])
      expect(await world.settled(id)).toMatchObject({ outcome: "succeeded" });
    expect(await made(before)).toEqual({ issues: 1, comments: 1, branches: 1, pulls: 1 });
    expect(said(one.ts)).toHaveLength(3);
  });

  it("Retry pressed by three at once is one new attempt, and the others are told", async ({ expect }) => {
    world.linear.fault("issueCreate", { status: 503, times: 3 });
    const failed = await world.mention(`contextualize ${report}`, { eventId: "EvFails" });
    expect(failed.outcome).toBe("failed");
    const before = await look(world);
    const db = await world.database();
    const ended = async () => Number(await db.prepare("SELECT count(outcome) AS n FROM commands").first("n"));
    const count = await ended();
    world.linear.delay(300);
    await Promise.all(
      ["U0ALICE", "U0BOB", "U0EVE"].map((user) =>
        world.fromSlack(world.slack.pressButton("Retry", { ts: failed.replies[0]?.ts ?? "" }, { user })),
      ),
    );
    await world.until(async () => ((await ended()) === count + 3 ? true : undefined));
    world.linear.delay(0);
    await world.until(() => (said(failed.ts).every(({ text }) => !text.startsWith("⚙️")) ? true : undefined));
    const words = said(failed.ts).slice(1);
    expect(words.filter(({ text }) => text.startsWith("✅"))).toHaveLength(1);
    expect(words.filter(({ text }) => text === "❌ Somebody has asked for that before: I am at it.")).toHaveLength(2);
    expect(words).toHaveLength(3);
    expect(await made(before)).toEqual({ ...nothing, issues: 1, comments: 1 });
    await world.until(() => (said(failed.ts)[0]?.reactions.length === 1 ? true : undefined));
    expect(said(failed.ts)[0]?.reactions).toEqual([":white_check_mark:"]);
  });
});
