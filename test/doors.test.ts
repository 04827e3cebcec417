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
