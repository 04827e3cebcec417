import { afterEach, beforeEach, describe, it } from "vitest";
import { createRateLimits } from "../consumer/clients/discord-rate-limits.ts";
import { createDiscordReplies } from "../consumer/replies/discord.ts";
import type { Reply } from "../consumer/replies/reply.ts";
import { createDiscord, type Discord, rateLimited } from "../local/discord.ts";
import type { Command } from "../shared/command.ts";
import { discordEditMs } from "../shared/limits.ts";

const botToken = "bot-token";

let discord: Discord;
let clock: { now: number };
let replies: ReturnType<typeof createDiscordReplies>;
beforeEach(async () => {
  discord = await createDiscord({ botToken });
  clock = { now: Date.now() };
  const now = () => clock.now;
  replies = createDiscordReplies({ botToken, apiUrl: discord.url, rateLimits: createRateLimits(now), now });
});
afterEach(() => discord.close());

/** A mention in a channel, and what bugbot is asked by it. */
function mention(): Command {
  const { id: messageId, channelId } = discord.say("fix the total", { mentionBot: true });
  return {
    v: 1,
    id: `discord-${messageId}`,
    name: "fix",
    text: "the total",
    conversation: { platform: "discord", guildId: discord.guildId, channelId, messageId },
    author: { id: discord.people.alice.id },
    references: {},
    receivedAt: clock.now,
  };
}
const working = (what: string): Reply => ({ text: `⚙️ ${what}`, doing: { stage: what } });
const said = (command: Command, id: string) =>
  discord.messages(command.conversation.channelId).find((message) => message.id === id);
const sent = (method: string) => discord.requests.filter((request) => request.method === method).length;

describe("a status message", () => {
  it("is edited at most once in a while, and the last word does not wait for that", async ({ expect }) => {
    const command = mention();
    const id = await replies.post(command, working("a"), false);
    await replies.edit(command, id, working("b"));
    clock.now += discordEditMs - 1;
    await replies.edit(command, id, working("c"));
    expect(said(command, id)?.text).toBe("⚙️ b");
    clock.now += 1;
    await replies.edit(command, id, working("d"));
    expect(said(command, id)?.text).toBe("⚙️ d");
    await replies.edit(command, id, { text: "❌ No." });
    expect(said(command, id)).toMatchObject({ text: "❌ No.", edits: 3 });
  });
});

describe("a message that somebody deleted", () => {
  const remove = (id: string) => {
    const message = discord.guild.findMessage(id);
    if (message) discord.guild.remove(message);
  };
  const bots = ({ conversation }: Command) =>
    discord.messages(conversation.channelId).filter(({ author }) => author === "bugbot");

  it("is posted anew for a last word, once however often it is tried, and not for what bugbot is doing", async ({
    expect,
  }) => {
    const command = mention();
    const id = await replies.post(command, working("a"), false);
    remove(id);
    clock.now += discordEditMs;
    await expect(replies.edit(command, id, working("b"))).rejects.toMatchObject({ code: "message_gone" });
    expect(bots(command)).toEqual([]);
    discord.fault("create_message", { reset: true, afterEffect: true });
    await expect(replies.edit(command, id, { text: "✅ Done" })).rejects.toMatchObject({ retry: true });
    const anew = await replies.edit(command, id, { text: "✅ Done" });
    expect(await replies.edit(command, id, { text: "✅ Done" })).toBe(anew);
    expect(bots(command)).toMatchObject([{ id: anew, text: "✅ Done" }]);
  });

  it("is not posted for everybody when it was for who asked alone", async ({ expect }) => {
    const signed = discord.slash({ command: "bugbot", subcommand: "status" });
    discord.applyResponse(signed, { type: 5, data: { flags: 64 } });
    const { guildId, channelId, applicationId } = discord;
    const interaction = { applicationId, token: signed.token, expiresAt: clock.now + 60_000 };
    const conversation = { platform: "discord" as const, guildId, channelId, interaction };
    const command: Command = { ...mention(), name: "status", forAsker: true, conversation };
    const id = await replies.post(command, { text: "Nothing." }, false);
    remove(id);
    await expect(replies.edit(command, id, { text: "Nothing." })).rejects.toMatchObject({ code: "address_expired" });
    expect(bots(command)).toEqual([]);
  });
});

describe("an interaction whose token has expired", () => {
  /** A slash command, deferred as the gateway defers it. */
  function asked(name: "fix" | "status", expiresAt: number): Command {
    const signed = discord.slash({ command: "bugbot", subcommand: name });
    discord.applyResponse(signed, { type: 5, ...(name === "status" && { data: { flags: 64 } }) });
    const { guildId, channelId, applicationId } = discord;
    const interaction = { applicationId, token: signed.token, expiresAt };
    const forAsker = name === "status";
    return { ...mention(), name, forAsker, conversation: { platform: "discord", guildId, channelId, interaction } };
  }
  const bots = () => discord.messages(discord.channelId).filter(({ author }) => author === "bugbot");

  it.for(["by our clock", "by Discord's"])("(%s) goes on in the same message", async (whose, { expect }) => {
    const command = asked("fix", clock.now + 15 * 60_000);
    const id = await replies.post(command, working("a"), false);
    if (whose === "by our clock") clock.now += 15 * 60_000;
    else discord.expireInteractions();
    clock.now += discordEditMs;
    await replies.edit(command, id, working("b"));
    expect(bots().map(({ text }) => text)).toEqual(["⚙️ b"]);
    await replies.edit(command, id, { text: "✅ Done" });
    expect(bots()).toMatchObject([{ id, text: "✅ Done" }]);
  });

  it.for(["by our clock", "by Discord's"])("(%s) answers nobody but who asked", async (whose, { expect }) => {
    const command = asked("status", clock.now + 15 * 60_000);
    if (whose === "by our clock") clock.now += 15 * 60_000;
    else discord.expireInteractions();
    await expect(replies.post(command, { text: "Nothing was asked." }, false)).rejects.toMatchObject({
      code: "address_expired",
      retry: false,
    });
    expect(bots()).toEqual([]);
  });
});

describe("Discord's rate limits", () => {
  it("of a route are not run into twice: the last word is told how long to wait", async ({ expect }) => {
    const command = mention();
    const id = await replies.post(command, working("a"), false);
    discord.fault("update_message", rateLimited({ retryAfterSeconds: 4 }));
    await expect(replies.edit(command, id, working("b"))).rejects.toMatchObject({ retry: true, retryAfterMs: 4_000 });
    expect(sent("PATCH")).toBe(1);

    clock.now += discordEditMs;
    await expect(replies.edit(command, id, working("c"))).rejects.toMatchObject({ retryAfterMs: 2_500 });
    await expect(replies.edit(command, id, { text: "✅ Done" })).rejects.toMatchObject({
      retry: true,
      retryAfterMs: 2_500,
    });
    expect(sent("PATCH"), "nothing was sent meanwhile").toBe(1);

    clock.now += 2_500;
    await replies.edit(command, id, { text: "✅ Done" });
    expect(said(command, id)?.text).toBe("✅ Done");
    expect(sent("PATCH")).toBe(2);
  });

  it("that are global hold every call back, but not an interaction's answer", async ({ expect }) => {
    const command = mention();
    const id = await replies.post(command, working("a"), false);
    discord.fault("update_message", rateLimited({ retryAfterSeconds: 5, global: true }));
    await expect(replies.edit(command, id, working("b"))).rejects.toMatchObject({ retryAfterMs: 5_000 });
    const { length } = discord.requests;
    await expect(replies.post(command, { text: "❌ No." }, true)).rejects.toMatchObject({ retryAfterMs: 5_000 });
    await expect(replies.mark(command, "failed")).rejects.toMatchObject({ retryAfterMs: 5_000 });
    expect(discord.requests).toHaveLength(length);

    const asked = discord.slash({ command: "bugbot", subcommand: "help" });
    discord.applyResponse(asked, { type: 5 });
    const { applicationId } = discord;
    const interaction = { applicationId, token: asked.token, expiresAt: clock.now + 60_000 };
    const answered = await replies.post(
      {
        ...command,
        conversation: { ...command.conversation, platform: "discord", guildId: discord.guildId, interaction },
      },
      { text: "This is what I understand" },
      false,
    );
    expect(said(command, answered)?.text).toBe("This is what I understand");
  });

  it("let a mark go on where it had to stop", async ({ expect }) => {
    const command = mention();
    const { messageId = "" } = command.conversation;
    await replies.mark(command, "working");
    expect(said(command, messageId)?.reactions).toEqual(["⚙️"]);
    discord.fault("delete_my_message_reaction", rateLimited({ retryAfterSeconds: 0.25 }));
    await expect(replies.mark(command, "succeeded")).rejects.toMatchObject({ retryAfterMs: 250 });
    expect(said(command, messageId)?.reactions).toEqual(["⚙️", "✅"]);
    clock.now += 250;
    const { length } = discord.requests;
    await replies.mark(command, "succeeded");
    expect(said(command, messageId)?.reactions).toEqual(["✅"]);
    expect(discord.requests.slice(length).map(({ method }) => method)).toEqual(["GET", "DELETE"]);
  });
});

describe("a last word with a pull request", () => {
  it("is a headline over a card, in the place of what was there", async ({ expect }) => {
    const command = mention();
    const id = await replies.post(command, { ...working("a"), buttons: [{ action: "stop", commandId: "c" }] }, false);
    const url = "https://github.com/acme/shop/pull/1";
    await replies.edit(command, id, {
      text: `✅ [Pull request #1](${url}) in acme/shop\n$0.08 · 41 s · 5 turns`,
      card: { title: "fix: the total (BUG-1)", url, summary: "The total left the discount out. @everyone" },
    });
    const message = discord.guild.findMessage(id);
    expect(message).toMatchObject({
      content: `✅ [Pull request #1](<${url}>) in acme/shop`,
      embeds: [{ title: "fix: the total (BUG-1)", url, color: 0x2ecc71 }],
      components: [],
      flags: 0,
      mentionEveryone: false,
    });
    expect(message?.embeds[0]?.description).toMatch(/discount out.*\n\n\$0\.08 · 41 s/);
  });
});

describe("a last word too long for a thread", () => {
  const paragraphs = (count: number) =>
    Array.from({ length: count }, (_, at) => `part ${at} ${"words ".repeat(300)}end ${at}`).join("\n\n");
  const buttons = [{ action: "retry" as const, commandId: "c" }];
  const bots = ({ conversation }: Command) =>
    discord.messages(conversation.channelId).filter(({ author }) => author === "bugbot");

  it.for(["✅ Found\n", ""])(
    "(%j) is its beginning with the buttons, and the whole of it in a file",
    async (head, { expect }) => {
      const command = mention();
      const text = `${head}${paragraphs(20)}`;
      const id = await replies.post(command, working("a"), false);
      for (let time = 0; time < 2; time++) await replies.edit(command, id, { text, buttons });
      const [last, ...others] = bots(command);
      expect(others).toEqual([]);
      expect(last?.text).toMatch(/part 0[\s\S]*The whole of it is in the attached file/);
      expect(last?.buttons.map(({ label }) => label)).toEqual(["Retry"]);
      expect(last?.files).toEqual([{ name: `bugbot-${command.id}.md`, content: text }]);
    },
  );

  it("is all there in messages where Discord takes no file, once", async ({ expect }) => {
    const command = mention();
    const id = await replies.post(command, working("a"), false);
    const withFile = ({ headers }: { headers: Record<string, string> }) =>
      headers["content-type"]?.startsWith("multipart/") === true;
    discord.fault(withFile, { status: 403, body: { message: "Missing Permissions", code: 50013 }, times: 9 });
    for (let time = 0; time < 2; time++) await replies.edit(command, id, { text: paragraphs(9), buttons });
    const parts = bots(command);
    const words = parts.map(({ text }) => text).join(" ");
    expect(Array.from(words.matchAll(/end (\d)/g), ([, number]) => number)).toEqual("012345678".split(""));
    expect(words).not.toContain("attached file");
    expect(parts.flatMap((one) => one.buttons.map(({ label }) => label))).toEqual(["Retry"]);
    expect(parts.at(-1)?.buttons).toHaveLength(1);
    expect(parts.flatMap(({ files = [] }) => files)).toEqual([]);
  });
});

describe("what was said before", () => {
  /** A thread with a report, an alert, an answer of bugbot's and a picture; then a mention. */
  async function mentionInThread() {
    const { people, guild } = discord;
    const report = discord.say("The total is wrong", { user: people.bob.id });
    const { id: thread } = discord.startThread(report, "The total");
    const channel = guild.channels.get(thread);
    if (!channel) throw new Error("no thread");
    guild.users.set("77", { id: "77", username: "sentry", globalName: null, isBot: true });
    const fields = [{ name: "Users", value: "12", inline: true }];
    guild.post(channel, { authorId: "77", embeds: [{ title: "TypeError", description: "in the cart", fields }] });
    guild.post(channel, { authorId: discord.botUserId, content: "❌ What goes wrong?" });
    discord.say("", { thread, attachments: [{ filename: "cart.png", url: "https://cdn.test/cart.png" }] });
    const { id: messageId } = discord.say("fix", { thread, mentionBot: true });
    const conversation = {
      platform: "discord",
      guildId: discord.guildId,
      channelId: thread,
      threadId: thread,
    } as const;
    return { ...mention(), text: "", conversation: { ...conversation, messageId } };
  }

  it("is the thread from its head, each in its author's name, without bugbot's own words", async ({ expect }) => {
    discord.guild.messageContent = true;
    expect(await replies.earlier(await mentionInThread())).toMatchObject([
      { author: "Bob Roe", text: "The total is wrong" },
      { author: "sentry", isBot: true, text: "TypeError\nin the cart\nUsers: 12" },
      { author: "Alice Doe", text: "", files: [{ name: "cart.png", url: "https://cdn.test/cart.png" }] },
    ]);
  });

  it("is the message that a mention in a channel replies to, and nothing else of the channel", async ({ expect }) => {
    discord.guild.messageContent = true;
    discord.say("Lunch?");
    const { id: replyTo } = discord.say("The total is wrong", { user: discord.people.bob.id });
    discord.say("Yes");
    const { id: messageId, channelId } = discord.say("fix", { mentionBot: true, replyTo });
    const conversation = { platform: "discord", guildId: discord.guildId, channelId, messageId } as const;
    const at = Number(BigInt(replyTo) >> 22n) + 1_420_070_400_000;
    expect(await replies.earlier({ ...mention(), conversation })).toEqual([
      { author: "Bob Roe", text: "The total is wrong", at },
    ]);
  });

  it("that Discord does not show is said to be missing where nothing else tells of the bug", async ({ expect }) => {
    const command = await mentionInThread();
    await expect(replies.earlier(command)).rejects.toMatchObject({
      retry: false,
      reply: expect.stringContaining("Message Content Intent"),
    });
    expect(await replies.earlier({ ...command, text: "the total is wrong" })).toEqual([]);
  });

  it("begins with the thread's head however long the thread is", async ({ expect }) => {
    discord.guild.messageContent = true;
    const { id } = discord.startThread(discord.say("The total is wrong"), "The total");
    for (let number = 1; number <= 60; number++) discord.say(`me too ${number}`, { thread: id });
    const conversation = { platform: "discord", guildId: discord.guildId, channelId: id, threadId: id } as const;
    const read = await replies.earlier({ ...mention(), conversation });
    expect(read.map(({ text }) => text)).toEqual([
      "The total is wrong",
      ...Array.from({ length: 50 }, (_, at) => `me too ${at + 11}`),
    ]);
  });
});
