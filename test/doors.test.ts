import { afterAll, beforeAll, describe, it } from "vitest";
import type { SignedInteraction } from "../local/discord.ts";
import type { SignedRequest } from "../local/slack/sign.ts";
import { messageMenus } from "../shared/discord-commands.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());

const report = "https://github.com/acme/shop Apply twice counts twice";
const options = { text: "Apply twice counts twice", repo: "acme/shop" };

/** Every way to ask for something, as a signed request; only a mention in Discord comes over its socket. */
const doors: [string, (name: WorkName, here: World) => () => unknown][] = [
  ["a mention in Slack", (name, here) => fromSlack(here, here.slack.mention(`${name} ${report}`))],
  ["a direct message in Slack", (name, here) => fromSlack(here, here.slack.directMessage(`${name} ${report}`))],
  ["a slash command in Slack", (name, here) => fromSlack(here, here.slack.slashCommand(`${name} ${report}`))],
  [
    "the short slash command in Slack",
    (name, here) => fromSlack(here, here.slack.slashCommand(`${name} ${report}`, { command: "/bm" })),
  ],
  [
    "a slash command in Discord",
    (name, here) => fromDiscord(here, here.discord.slash({ command: "bugbot", subcommand: name, options })),
  ],
  [
    "the short slash command in Discord",
    (name, here) => fromDiscord(here, here.discord.slash({ command: "bm", subcommand: name, options })),
  ],
  [
    "a message's menu in Discord",
    (name, here) => {
      const said = here.discord.say(report, { user: here.discord.people.bob.id });
      return fromDiscord(here, here.discord.contextMenu(messageMenus[name], said));
    },
  ],
  ["a mention in Discord", (name, here) => () => here.discord.say(`${name} ${report}`, { mentionBot: true })],
];
/** Slack's apps have one entry in a message's menu. */
const fixDoors: typeof doors = [
  [
    "a message shortcut in Slack",
    (_name, here) => {
      const { message } = here.slack.mention(report, { user: "U0BOB" });
      return fromSlack(here, here.slack.shortcut("fix_with_bugbot", message));
    },
  ],
];
type WorkName = "fix" | "contextualize";
const works: WorkName[] = ["fix", "contextualize"];
const ways = works.flatMap((name) =>
  [...doors, ...(name === "fix" ? fixDoors : [])].map(([door, open]) => ({ name, door, open })),
);

function fromSlack(here: World, signed: SignedRequest) {
  return () => here.fromSlack(signed);
}
function fromDiscord(here: World, signed: SignedInteraction) {
  return () => here.fromDiscord(signed);
}

/** Everything that was said anywhere, by anybody. */
function written(): string[] {
  const slack = [...world.slack.workspace.channels.values()].flatMap(({ messages }) =>
    messages.map(({ text }) => text),
  );
  const discord = [...world.discord.guild.channels.values()].flatMap(({ messages }) =>
    messages.map(({ content, embeds }) => `${content} ${JSON.stringify(embeds)}`),
  );
  return [...slack, ...discord];
}

describe("every door leads to the same", () => {
  it.for(ways)(
    "$name by $door: one issue, one result, one last word, however often it is sent",
    async ({ name, door, open }, { expect }) => {
      const { issues, comments } = world.linear.workspace;
      const before = { issues: issues.length, comments: comments.length };
      const pulls = world.github.pullRequests(world.repository).length;
      const send = open(name, world);
      const { outcome, commandId } = await world.ends(send);
      // The same once more; what a mention over the socket repeats is test/mentions.test.ts's.
      if (door !== "a mention in Discord") await send();
      await world.mention("status");

      expect(outcome).toBe("succeeded");
      expect(issues).toHaveLength(before.issues + 1);
      const filed = issues.at(-1);
      const isFix = name === "fix";
      expect(world.github.pullRequests(world.repository)).toHaveLength(pulls + (isFix ? 1 : 0));
      expect(comments.slice(before.comments).map(({ issueId }) => issueId)).toEqual(isFix ? [] : [filed?.id]);
      if (isFix) expect(world.github.pullRequests(world.repository).at(-1)?.body).toContain("Apply twice counts twice");
      else expect(comments.at(-1)?.body).toContain("### Where in the code");

      const result = isFix ? `/acme/shop/pull/${pulls + 1}` : `/issue/${filed?.identifier}/`;
      expect(written().filter((text) => text.includes(result) && text.includes("✅"))).toHaveLength(1);
      expect(written().filter((text) => /Working on|Gathering/.test(text))).toEqual([]);

      const db = await world.database();
      expect(await db.prepare("SELECT name, outcome FROM commands WHERE id = ?").bind(commandId).first()).toEqual({
        name,
        outcome: "succeeded",
      });
    },
  );
});

describe("a shortcut in a channel that bugbot was not invited to", () => {
  it("is worked on all the same, and the asker alone is told", async ({ expect }) => {
    const { message } = world.slack.mention(report, { user: "U0BOB", channel: "C0PRIVATE" });
    const inPrivate = ({ operation, body }: { operation: string; body: unknown }) =>
      operation === "chat.postMessage" && JSON.stringify(body).includes("C0PRIVATE");
    world.slack.fault(inPrivate, { status: 200, body: { ok: false, error: "not_in_channel" }, times: 9 });
    const { outcome } = await world.ends(() => world.fromSlack(world.slack.shortcut("fix_with_bugbot", message)));
    expect(outcome).toBe("succeeded");
    const told = world.slack.whispers("C0PRIVATE", "U0ALICE").map(({ text }) => text);
    expect(told.filter((text) => text.startsWith("✅"))).toHaveLength(1);
    expect(told.length).toBeLessThanOrEqual(5);
  });
});

describe("a question by slash command", () => {
  it("is answered to the asker alone", async ({ expect }) => {
    const before = world.slack.requests.filter(({ operation }) => operation === "chat.postMessage").length;
    const { outcome } = await world.ends(() =>
      world.fromSlack(world.slack.slashCommand("status all", { channel: "C0ASK" })),
    );
    expect(outcome).toBe("succeeded");
    expect(world.slack.whispers("C0ASK", "U0ALICE").map(({ text }) => text)).toEqual([
      expect.stringMatching(/fix BUG-\d+: succeeded/),
    ]);
    expect(world.slack.requests.filter(({ operation }) => operation === "chat.postMessage")).toHaveLength(before);
  });
});

describe("a missing repository", () => {
  it.for(["Slack", "Discord"] as const)(
    "is asked for in a form in %s, and named there once",
    async ([...letters], { expect }) => {
      const isSlack = letters.join("") === "Slack";
      const pulls = world.github.pullRequests(world.repository).length;
      if (isSlack) {
        const { ts, replies } = await world.mention("fix Apply twice counts twice again");
        expect(replies[0]?.buttons).toEqual(["Name the repository"]);
        await world.fromSlack(world.slack.pressButton("Name the repository", { ts: replies[0]?.ts ?? "" }));
        const view = await world.until(() => [...world.slack.workspace.views.values()].at(-1));
        const block = view.blocks.find(({ element }) => element !== undefined)?.block_id ?? "";
        const { outcome } = await world.ends(() =>
          world.fromSlack(world.slack.submitView(view, { [block]: "acme/shop" })),
        );
        expect(outcome).toBe("succeeded");
        expect(world.slack.thread(world.channel, ts).at(-1)?.text).toMatch(/^✅/);
      } else {
        const asked = world.discord.slash({
          command: "bugbot",
          subcommand: "fix",
          options: { text: "Apply twice counts twice anew" },
        });
        await world.ends(() => world.fromDiscord(asked));
        const button = [...world.discord.guild.channels.values()]
          .flatMap((channel) => world.discord.messages(channel.id))
          .findLast(({ buttons }) => buttons.some(({ label }) => label === "Name the repository"));
        const customId = button?.buttons[0]?.customId ?? "";
        await world.fromDiscord(world.discord.pressButton(customId, button?.id ?? ""));
        const { outcome } = await world.ends(() =>
          world.fromDiscord(world.discord.submitModal(customId, { repository: "acme/shop" })),
        );
        expect(outcome).toBe("succeeded");
      }
      expect(world.github.pullRequests(world.repository)).toHaveLength(pulls + 1);
    },
  );
});

describe("a fix in Discord that outlives its interaction's token", () => {
  it("goes on and ends in the same message, and says nothing else", async ({ expect }) => {
    const bots = () =>
      [...world.discord.guild.channels.values()]
        .flatMap((channel) => world.discord.messages(channel.id))
        .filter(({ author }) => author === "bugbot");
    const earlier = new Set(bots().map(({ id }) => id));
    const own = () => bots().filter(({ id }) => !earlier.has(id));
    const asked = world.discord.slash({ command: "bugbot", subcommand: "fix", options });
    const issues = world.linear.workspace.issues.length;
    let first: string | undefined;
    let expiredAt = 0;
    const { outcome } = await world.ends(async () => {
      await world.fromDiscord(asked);
      first = own()[0]?.id;
      await world.until(() => world.linear.workspace.issues[issues]);
      world.discord.expireInteractions();
      expiredAt = world.discord.requests.length;
    });
    expect(outcome).toBe("succeeded");
    const pull = world.github.pullRequests(world.repository).length;
    expect(own()).toMatchObject([{ id: first, text: expect.stringContaining(`/pull/${pull}`) }]);
    const edits = world.discord.requests.slice(expiredAt).filter(({ operation }) => operation === "update_message");
    expect(edits.length).toBeGreaterThan(0);
  });
});
