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
