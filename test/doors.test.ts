import { afterAll, beforeAll, describe, it } from "vitest";
import { createWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());

const report = "https://github.com/acme/shop Apply twice counts twice";
const options = { text: "Apply twice counts twice", repo: "acme/shop" };

/** Every way to ask for a fix. */
const doors: [string, (here: World) => unknown][] = [
  ["a mention in Slack", (here) => here.fromSlack(here.slack.mention(`fix ${report}`))],
  ["a direct message in Slack", (here) => here.fromSlack(here.slack.directMessage(`fix ${report}`))],
  ["a slash command in Slack", (here) => here.fromSlack(here.slack.slashCommand(`fix ${report}`))],
  [
    "the short slash command in Slack",
    (here) => here.fromSlack(here.slack.slashCommand(`fix ${report}`, { command: "/bm" })),
  ],
  [
    "a message shortcut in Slack",
    (here) => {
      const { message } = here.slack.mention(report, { user: "U0BOB" });
      return here.fromSlack(here.slack.shortcut("fix_with_bugbot", message));
    },
  ],
  [
    "a slash command in Discord",
    (here) => here.fromDiscord(here.discord.slash({ command: "bugbot", subcommand: "fix", options })),
  ],
  [
    "the short slash command in Discord",
    (here) => here.fromDiscord(here.discord.slash({ command: "bm", subcommand: "fix", options })),
  ],
  [
    "a message's menu in Discord",
    (here) =>
      here.fromDiscord(
        here.discord.contextMenu("Fix with bugbot", here.discord.say(report, { user: here.discord.people.bob.id })),
      ),
  ],
  ["a mention in Discord", (here) => here.discord.say(`fix ${report}`, { mentionBot: true })],
];

describe("every door leads to the same", () => {
  it.for(doors)("%s: one issue, one pull request, one last word", async ([, ask], { expect }) => {
    const issues = world.linear.workspace.issues.length;
    const pulls = world.github.pullRequests(world.repository).length;
    const { outcome, commandId } = await world.ends(() => ask(world));
    expect(outcome).toBe("succeeded");
    expect(world.linear.workspace.issues).toHaveLength(issues + 1);
    expect(world.github.pullRequests(world.repository)).toHaveLength(pulls + 1);
    expect(world.github.pullRequests(world.repository).at(-1)?.body).toContain("Apply twice counts twice");

    const said = [...world.slack.workspace.channels.values()].flatMap((channel) =>
      channel.messages.map(({ text }) => text),
    );
    const written = [
      ...said,
      ...[...world.discord.guild.channels.values()].flatMap((channel) =>
        channel.messages.map(({ content }) => content),
      ),
    ];
    expect(written.filter((text) => text.includes(`/acme/shop/pull/${pulls + 1}`))).toHaveLength(1);
    expect(written.filter((text) => text.includes("Working on"))).toEqual([]);

    const db = await world.database();
    expect(await db.prepare("SELECT name, outcome FROM commands WHERE id = ?").bind(commandId).first()).toEqual({
      name: "fix",
      outcome: "succeeded",
    });
  });
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
  it("ends in the same message", async ({ expect }) => {
    const asked = world.discord.slash({ command: "bugbot", subcommand: "fix", options });
    const issues = world.linear.workspace.issues.length;
    const { outcome } = await world.ends(async () => {
      await world.fromDiscord(asked);
      await world.until(() => world.linear.workspace.issues[issues]);
      world.discord.expireInteractions();
    });
    expect(outcome).toBe("succeeded");
    const bot = [...world.discord.guild.channels.values()]
      .flatMap((channel) => world.discord.messages(channel.id))
      .filter(({ author }) => author === "bugbot");
    const pull = world.github.pullRequests(world.repository).length;
    expect(bot.filter(({ text }) => text.includes(`/pull/${pull}`))).toHaveLength(1);
  });
});
