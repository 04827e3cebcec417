import { afterAll, beforeAll, describe, it } from "vitest";
import { createAsker, slowScript } from "./discord-asker.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld({ script: slowScript });
});
afterAll(() => world?.close());

const { fix } = createAsker(() => world);
const said = (ts: string) => world.slack.thread(world.channel, ts).filter(({ author }) => author === "bugbot");
const posts = () => world.slack.requests.filter(({ operation }) => operation === "chat.postMessage").length;

/** Does something at the moment the fix is pushed, when its message has long been there. */
function atPush(deed: () => void): void {
  let isDone = false;
  world.github.fault(({ path }) => {
    if (!isDone && path.endsWith("/git-receive-pack")) {
      isDone = true;
      deed();
    }
    return false;
  }, {});
}

describe("a command whose message somebody deletes while it works", () => {
  it("has one last word in Slack, in a new message", async ({ expect }) => {
    const { body, headers, message } = world.slack.mention(
      "fix https://github.com/acme/shop Apply twice counts twice",
      { channel: world.channel, eventId: "EvDeleted" },
    );
    const deleted: string[] = [];
    atPush(() => {
      for (const { ts } of said(message.ts)) {
        deleted.push(ts);
        world.slack.remove(world.channel, ts);
      }
    });
    await world.post(body, headers);
    expect(await world.settled("EvDeleted")).toMatchObject({ outcome: "succeeded" });
    expect(deleted).toHaveLength(1);
    const before = posts();
    await world.watchdog();
    expect(said(message.ts).map(({ text }) => text)).toEqual([expect.stringMatching(/^✅/)]);
    expect(posts(), "nothing more was said").toBe(before);
  });

  it("has one last word in Discord, in a new message", async ({ expect }) => {
    const { guild, botUserId } = world.discord;
    const all = () => [...guild.channels.values()].flatMap(({ messages }) => messages);
    // A thread begins with a message without words that stands for the one in the channel.
    const bots = () => all().filter(({ authorId, content }) => authorId === botUserId && content !== "");
    const deleted: string[] = [];
    atPush(() => {
      for (const one of bots()) {
        deleted.push(one.id);
        guild.remove(one);
      }
    });
    const { outcome } = await world.ends(() => world.fromDiscord(fix("Apply twice counts twice")));
    expect(outcome).toBe("succeeded");
    expect(deleted).toHaveLength(1);
    await world.watchdog();
    expect(bots().map(({ content }) => content)).toEqual([expect.stringMatching(/^✅/)]);
  });
});

describe("a last word that Slack refuses because of the bot's token", () => {
  it("is owed, and said once when the token is good again", async ({ expect }) => {
    const refused = { status: 200, body: { ok: false, error: "invalid_auth" }, times: 99 };
    world.slack.fault("chat.postMessage", refused);
    const { body, headers, message } = world.slack.mention("help", { channel: world.channel, eventId: "EvToken" });
    await world.post(body, headers);
    const late = () =>
      world.logs.filter((line) => line.includes("last_word_late") && line.includes("slack-EvToken")).length;
    await world.until(() => (late() > 0 ? true : undefined));
    await world.until(async () =>
      (await (await world.workflow("slack-EvToken"))?.status())?.status === "complete" ? true : undefined,
    );
    await world.watchdog();
    await world.watchdog();
    expect(late(), "the Workflow's attempt and the watchdog's, which waits for a minute then").toBe(2);

    world.slack.mend();
    await world.watchdog();
    expect(said(message.ts)).toEqual([]);
    const db = await world.database();
    await db.prepare("UPDATE commands SET last_word_next_at = 0 WHERE id = 'slack-EvToken'").run();
    await Promise.all([world.watchdog(), world.watchdog()]);
    await world.watchdog();
    expect(said(message.ts).map(({ text }) => text)).toEqual([expect.stringContaining("@bugbot fix")]);
    const row = "SELECT outcome, last_word_at > 0 AS said, last_word_error FROM commands WHERE id = 'slack-EvToken'";
    expect(await db.prepare(row).first()).toEqual({ outcome: "succeeded", said: 1, last_word_error: null });
  });
});
