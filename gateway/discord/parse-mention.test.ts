import { describe, it } from "vitest";
import { mention } from "./mention-play.ts";
import { parseMention } from "./parse-mention.ts";

const parse = (changes: object = {}, words?: string) =>
  parseMention({ ...mention("500", words), ...changes }, "100", 1_790_000_000_000);

describe("a mention", () => {
  it("is a command of that message", ({ expect }) => {
    expect(parse({}, "fix <https://github.com/acme/shop> BUG-12")).toEqual({
      v: 1,
      id: "discord-500",
      name: "fix",
      text: "https://github.com/acme/shop BUG-12",
      conversation: { platform: "discord", guildId: "200", channelId: "300", messageId: "500" },
      author: { id: "400", name: "alice" },
      references: { linearIssueId: "BUG-12", githubRepoUrl: "https://github.com/acme/shop" },
      receivedAt: 1_790_000_000_000,
    });
  });

  it.for<[string, string, string]>([
    ["hey <@100> fix it", "fix", "it"],
    ["<@!100> STATUS all", "status", "all"],
    ["fix it <@100>", "fix", "it"],
    ["<@100>", "help", ""],
    ["<@100> what is this", "help", "what is this"],
    ["<@100>\nfix the\ntotal", "fix", "the\ntotal"],
  ])("%j is %s", ([content, name, text], { expect }) => {
    expect(parse({ content })).toMatchObject({ name, text });
  });

  it("in a thread belongs to the thread", ({ expect }) => {
    expect(parse({ channel_type: 11 })?.conversation).toMatchObject({ channelId: "300", threadId: "300" });
  });

  it("in a direct message needs no mention", ({ expect }) => {
    const direct = parse({ guild_id: undefined, content: "fix it", mentions: [] });
    expect(direct).toMatchObject({ name: "fix", text: "it", conversation: { guildId: "@me" } });
  });

  it("names its author as Discord shows them", ({ expect }) => {
    expect(parse({ author: { id: "400", username: "alice", global_name: "Alice A." } })?.author.name).toBe("Alice A.");
  });
});

describe("a mention that replies to somebody", () => {
  const attachment = {
    id: "1",
    filename: "cart.png",
    size: 1,
    url: "https://cdn.discordapp.com/attachments/1/2/cart.png?ex=1",
  };
  const repliedTo = {
    id: "499",
    type: 0,
    author: { id: "401", username: "bob", global_name: "Bob" },
    content: "The total is wrong",
    embeds: [],
    attachments: [attachment],
  };
  const reply = (changes: object) => parse({ type: 19, referenced_message: { ...repliedTo, ...changes } });

  it("knows when that was written, or what it forwards", ({ expect }) => {
    expect(reply({ id: "1418570862290014208" })?.reportedAt).toBe(Date.parse("2025-09-19T12:14:09.342Z"));
    const message_snapshots = [{ message: { content: "It broke", timestamp: "2026-11-12T08:00:00.000000+00:00" } }];
    expect(reply({ content: "", message_snapshots })?.reportedAt).toBe(Date.parse("2026-11-12T08:00:00Z"));
  });

  it("has that message as its report, in its author's name, with what is attached to it", ({ expect }) => {
    expect(reply({})).toMatchObject({
      report: { text: "The total is wrong", author: "Bob" },
      files: [{ name: "cart.png", url: attachment.url }],
      author: { name: "alice" },
    });
  });

  it("to an alert has what is embedded there", ({ expect }) => {
    const author = { id: "402", username: "sentry", bot: true };
    const embeds = [{ title: "TypeError", description: "in the cart", fields: [{ name: "Users", value: "12" }] }];
    expect(reply({ author, content: "", embeds })?.report?.text).toBe("TypeError\nin the cart\nUsers: 12");
  });

  it.for<[string, object]>([
    ["bugbot", { author: { id: "100", username: "bugbot", bot: true } }],
    ["a message Discord does not show", { content: "", attachments: [] }],
  ])("to %s has none", ([, changes], { expect }) => {
    expect(reply(changes)?.report).toBeUndefined();
  });

  it("to a deleted message has none", ({ expect }) => {
    expect(parse({ type: 19, referenced_message: null })).toMatchObject({ name: "fix" });
  });
});

it("names what is attached to a mention, with its link", ({ expect }) => {
  const attachments = [
    { id: "1", filename: "a.png", url: "https://cdn.test/a.png" },
    { id: "2", filename: "b.log", url: "not a link" },
  ];
  expect(parse({ attachments })?.files).toEqual([{ name: "a.png", url: "https://cdn.test/a.png" }, { name: "b.log" }]);
});

describe("another bot's mention", () => {
  const bot = { id: "400", username: "sentry", bot: true };
  const asked = (changes: object, allowed: string[]) =>
    parseMention({ ...mention("500"), author: bot, ...changes }, "100", 1, allowed)?.author;

  it("is a command where the operator allows that bot or webhook", ({ expect }) => {
    expect(asked({}, ["400"])).toEqual({ id: "400", name: "sentry", bot: true });
    expect(asked({ author: { id: "600", username: "hook" }, webhook_id: "600" }, ["600"])).toMatchObject({ bot: true });
  });

  it("is not heard otherwise, and bugbot's own never", ({ expect }) => {
    expect(asked({}, ["401"])).toBeUndefined();
    expect(asked({ author: { ...bot, id: "100" } }, ["100"])).toBeUndefined();
    expect(asked({ author: { ...bot, system: true } }, ["400"])).toBeUndefined();
  });
});

it.for<[string, object]>([
  ["a message without a mention", { content: "fix it", mentions: [] }],
  ["a mention of somebody else", { content: "<@101> fix it", mentions: [{ id: "101" }] }],
  ["a mention of a role", { content: "<@&100> fix it", mentions: [] }],
  ["a mention in a code block", { content: "`<@100> fix it`", mentions: [] }],
  ["an answer to the bot without a mention", { type: 19, content: "thanks" }],
  ["a bot's message", { author: { id: "400", username: "other", bot: true } }],
  ["the bot's own message", { author: { id: "100", username: "bugbot" } }],
  ["a webhook's message", { webhook_id: "600" }],
  ["a system's message", { author: { id: "400", username: "discord", system: true } }],
  ["a notice of Discord's", { type: 7 }],
  ["a message without an author", { author: undefined }],
  ["an id that is none", { id: "../x" }],
])("%s is no command", ([, changes], { expect }) => {
  expect(parse(changes)).toBeUndefined();
});

it("reads two thousand characters of anything", ({ expect }) => {
  for (const piece of ["<", "<@", "<@100>", "<https://", "A-", "@"]) {
    expect(() => parse({ content: piece.repeat(2_000) })).not.toThrow();
  }
});
