import { it } from "vitest";
import type { Command } from "../../shared/command.ts";
import { button, form, inDirectMessage, inGuild, interactionId, nowMs, slash, thread } from "./interaction-samples.ts";
import { createParse } from "./parse-interaction.ts";

const parse = createParse(async () => []);
const deferred = { json: { type: 5 } };
const deferredForAsker = { json: { type: 5, data: { flags: 64 } } };

async function read(interaction: object) {
  return parse(JSON.stringify(interaction), nowMs);
}
const option = (name: string, value: string) => ({ name, value });
const fixWith = (...options: [string, string][]) =>
  inGuild(
    2,
    slash(
      "fix",
      options.map(([name, value]) => option(name, value)),
    ),
  );

it("reads a slash command with all its options", async ({ expect }) => {
  const interaction = fixWith(["repo", "acme/shop"], ["issue", "BUG-12"], ["text", "The total is wrong."]);
  expect(await read(interaction)).toEqual({
    kind: "command",
    answer: deferred,
    command: {
      v: 1,
      id: `discord-${interactionId}`,
      name: "fix",
      text: "The total is wrong. BUG-12 https://github.com/acme/shop",
      conversation: {
        platform: "discord",
        guildId: "1345046958481346613",
        channelId: "1345046959593095214",
        interaction: {
          applicationId: "1360871728770846733",
          token: "aW50ZXJhY3Rpb246MTQxODU3MjYwMjczNzI5OTU1OTpzZWNyZXQ",
          expiresAt: nowMs + 15 * 60_000,
        },
      },
      author: { id: "1034315047838687264", name: "Ann" },
      references: { linearIssueId: "BUG-12", githubRepoUrl: "https://github.com/acme/shop" },
      receivedAt: nowMs,
    },
  });
});

const url = "https://linear.app/acme/issue/BUG-7/cart";
it.for<[string, object, object, Partial<Command>]>([
  [
    "`/bm`",
    inGuild(2, slash("contextualize", [option("text", "BUG-1")], "bm")),
    deferred,
    { name: "contextualize", text: "BUG-1", references: { linearIssueId: "BUG-1" } },
  ],
  ["no options", inGuild(2, slash("fix")), deferred, { name: "fix", text: "", references: {} }],
  [
    "status",
    inGuild(2, slash("status", [option("text", "all")])),
    deferredForAsker,
    { name: "status", text: "all", forAsker: true },
  ],
  ["stop", inGuild(2, slash("stop")), deferredForAsker, { name: "stop", text: "" }],
  ["help", inGuild(2, { ...slash("help"), options: [{ name: "help", type: 1 }] }), deferredForAsker, { name: "help" }],
  [
    "an id in small letters",
    fixWith(["issue", "bug-12"]),
    deferred,
    { text: "BUG-12", references: { linearIssueId: "BUG-12" } },
  ],
  [
    "an issue's URL",
    fixWith(["issue", url]),
    deferred,
    { text: url, references: { linearIssueId: "BUG-7", linearIssueUrl: url } },
  ],
  [
    "other references in the words",
    fixWith(["text", `UTF-8 breaks, see ${url} and ann@acme.com`], ["issue", "BUG-12"]),
    deferred,
    { references: { linearIssueId: "BUG-12", userEmail: "ann@acme.com" } },
  ],
  [
    "a repository's URL",
    fixWith(["repo", "https://github.com/acme/shop/issues/3"]),
    deferred,
    { text: "https://github.com/acme/shop", references: { githubRepoUrl: "https://github.com/acme/shop" } },
  ],
  [
    "a retry button",
    inGuild(3, button("bugbot:retry:discord-1")),
    deferred,
    { name: "retry", text: "discord-1", references: {} },
  ],
  [
    "a retry button under what only its author sees",
    { ...inGuild(3, button("bugbot:retry:discord-1")), message: { id: "1418570862290014333", flags: 64 } },
    deferredForAsker,
    { name: "retry", text: "discord-1", forAsker: true },
  ],
  ["a fix button", inGuild(3, button("bugbot:fix:discord-1")), deferred, { name: "fix", text: "", references: {} }],
  ["a stop button", inGuild(3, button("bugbot:stop:slack-Ev1")), deferredForAsker, { name: "stop", text: "slack-Ev1" }],
  [
    "a form",
    inGuild(5, form("bugbot:ask:discord-1", " acme/shop ")),
    deferred,
    {
      name: "retry",
      text: "discord-1 https://github.com/acme/shop",
      references: { githubRepoUrl: "https://github.com/acme/shop" },
    },
  ],
  [
    "a form with a URL",
    inGuild(5, form("bugbot:ask:discord-1", "github.com/acme/shop.git")),
    deferred,
    { text: "discord-1 https://github.com/acme/shop" },
  ],
])("reads %s", async ([, interaction, answer, command], { expect }) => {
  expect(await read(interaction)).toMatchObject({ kind: "command", answer, command });
});

it.for<[string, object, object]>([
  [
    "a thread",
    { ...fixWith(), channel: thread, channel_id: thread.id },
    { guildId: "1345046958481346613", channelId: thread.id, threadId: thread.id },
  ],
  [
    "a button under a message that a thread began at",
    { ...inGuild(3, button("bugbot:retry:discord-1")), message: { id: "1418570862290014333", flags: 32 } },
    { channelId: "1345046959593095214", threadId: "1418570862290014333" },
  ],
  ["a direct message", inDirectMessage(2, slash("fix")), { guildId: "@me", channelId: "1374993866163355690" }],
  ["a channel by its id only", { ...fixWith(), channel: undefined }, { channelId: "1345046959593095214" }],
  [
    "an id from another time",
    { ...fixWith(), id: "1418572602737299559" },
    { interaction: { expiresAt: nowMs + 15 * 60_000 } },
  ],
])("knows where it was: %s", async ([, interaction, conversation], { expect }) => {
  expect(await read(interaction)).toMatchObject({ kind: "command", command: { conversation } });
});
