import { afterEach, beforeEach, describe, it } from "vitest";
import { isGoneForGood } from "../consumer/gone.ts";
import { createSlackReplies } from "../consumer/replies/slack.ts";
import { createSlack, type Slack } from "../local/slack.ts";
import { webPage } from "../local/stand-in.ts";
import type { Command } from "../shared/command.ts";
import { createRedact, type Redact } from "../shared/redact.ts";

const botToken = "xoxb-local";
const channel = "C0BUGS";
const buttons = [{ action: "retry" as const, commandId: "slack-Ev1" }];
/** As long as `parts` messages of a thread, each with its number. */
const long = (parts: number) =>
  Array.from({ length: parts }, (_part, at) => `part ${at} ${"words ".repeat(350)}end ${at}`).join("\n\n");

let slack: Slack;
beforeEach(() => start());
afterEach(() => slack.close());

async function start(assistant = true) {
  slack = await createSlack({ botToken, signingSecret: "secret", assistant });
}
const replies = (redact?: Redact) =>
  createSlackReplies({ botToken, apiUrl: slack.url.replace(/\/$/, ""), ...(redact && { redact }) });

function asked(threadTs?: string): Command {
  const { message } = slack.mention("contextualize", { ...(threadTs && { threadTs }) });
  return {
    v: 1,
    id: "slack-Ev1",
    name: "contextualize",
    text: "",
    conversation: {
      platform: "slack",
      teamId: "T0ACME",
      channelId: channel,
      threadId: threadTs ?? message.ts,
      messageId: message.ts,
    },
    author: { id: "U0ALICE" },
    references: {},
    receivedAt: 1,
  };
}

function threadOf({ conversation }: Command) {
  return slack.thread(channel, conversation.threadId ?? "").filter(({ author }) => author === "bugbot");
}
const operations = () => slack.requests.map(({ operation }) => operation);
const rejects = (error: string) => ({ status: 200, body: { ok: false, error } });

it("quotes what the agent says of its change as it is, which pings nobody", async ({ expect }) => {
  const command = asked();
  const card = {
    title: "fix: it",
    url: "https://github.test/pull/1",
    summary: "<!channel> *now* once\n[in](http://x.test)",
  };
  await replies().post(command, { text: "✅ done", card }, false);
  const [said] = threadOf(command);
  expect(said?.text).toBe("✅ done\n> <!channel> *now* once\n> in (http://x.test/)");
  // Only elements of their own ping or link.
  const sent = slack.requests.find(({ operation }) => operation === "chat.postMessage");
  expect(JSON.stringify(sent?.body)).toContain("rich_text_quote");
  expect(JSON.stringify(sent?.body)).not.toMatch(/"type\W+(?:broadcast|user|usergroup|link)\W/);
});

describe("a message that somebody deleted", () => {
  it("is posted anew for a last word, once however often it is tried, and not for what bugbot is doing", async ({
    expect,
  }) => {
    const command = asked();
    const ts = await replies().post(command, { text: "⚙️ …" }, false);
    slack.remove(channel, ts);
    await expect(replies().edit(command, ts, { text: "⚙️ b", doing: { stage: "b" } })).rejects.toMatchObject({
      code: "message_gone",
    });
    expect(threadOf(command)).toEqual([]);
    slack.fault("chat.postMessage", { reset: true, afterEffect: true });
    await expect(replies().edit(command, ts, { text: "✅ done", buttons })).rejects.toMatchObject({ retry: true });
    const anew = await replies().edit(command, ts, { text: "✅ done", buttons });
    expect(await replies().edit(command, ts, { text: "✅ done", buttons })).toBe(anew);
    expect(threadOf(command)).toMatchObject([{ ts: anew, text: "✅ done", buttons: ["Retry"] }]);
  });
});

it.for(["not_in_channel", "channel_not_found"])(
  "says what to do where bugbot was not invited, which may be mended: %s",
  async (error, { expect }) => {
    slack.fault("chat.postMessage", rejects(error));
    const posting = replies().post(asked(), { text: "✅ done" }, false);
    await expect(posting).rejects.toMatchObject({
      code: "slack_outside",
      reply: expect.stringContaining("/invite @bugbot"),
    });
    await expect(posting).rejects.not.toSatisfy(isGoneForGood);
  },
);

it.for([
  ["before it was said", false],
  ["after it was said", true],
] as const)(
  "is said once where a page for people answered in Slack's place, %s",
  async ([, afterEffect], { expect }) => {
    const command = asked();
    slack.fault("chat.postMessage", { ...webPage, afterEffect });
    await expect(replies().post(command, { text: "✅ done" }, false)).rejects.toMatchObject({
      retry: true,
      reply: "I cannot read what Slack answers.",
    });
    await replies().post(command, { text: "✅ done" }, true);
    expect(threadOf(command).map(({ text }) => text)).toEqual(["✅ done"]);
  },
);

it("says nothing to others where the asker alone was to read it, and no longer can", async ({ expect }) => {
  const before = threadOf(asked()).length;
  const command: Command = { ...asked(), name: "status", forAsker: true };
  await expect(replies().post(command, { text: "Nothing." }, false)).rejects.toMatchObject({ code: "address_expired" });
  expect(threadOf(command)).toHaveLength(before);
});

describe("a last word of several messages", () => {
  it("has the buttons under the last, and is said once however often it is tried", async ({ expect }) => {
    const command = asked();
    const writer = replies();
    const ts = await writer.post(command, { text: "⚙️ …" }, false);
    for (let time = 0; time < 3; time++) await writer.edit(command, ts, { text: long(3), buttons });
    const thread = threadOf(command);
    expect(thread.map(({ text }) => text.slice(0, 6))).toEqual(["part 0", "part 1", "part 2"]);
    expect(thread.map((message) => message.buttons)).toEqual([[], [], ["Retry"]]);
    expect(thread.flatMap(({ files = [] }) => files)).toEqual([]);
  });

  it("is completed when an attempt ended in the middle", async ({ expect }) => {
    const command = asked();
    slack.fault("chat.postMessage", { afterEffect: true, times: 1 });
    await replies()
      .post(command, { text: long(3) }, false)
      .catch(() => undefined);
    const ts = await replies().post(command, { text: long(3) }, true);
    await replies().edit(command, ts, { text: long(3) });
    expect(threadOf(command).map(({ text }) => text.slice(0, 6))).toEqual(["part 0", "part 1", "part 2"]);
  });
});

describe("a last word too long for a thread", () => {
  const text = `Too long ✓\n\n${long(9)}`;
  const name = "bugbot-slack-Ev1.md";

  it("is its beginning with the buttons, and the whole of it in a file", async ({ expect }) => {
    const command = asked();
    const ts = await replies().post(command, { text: "⚙️ …" }, false);
    await replies().edit(command, ts, { text, buttons });
    const [said, file, ...others] = threadOf(command);
    expect(said).toMatchObject({ ts, buttons: ["Retry"] });
    expect(said?.text).toMatch(/^Too long ✓\n\npart 0[\s\S]*The whole of it is in the attached file/);
    expect(file?.files).toEqual([{ name, content: text }]);
    expect(others).toEqual([]);
  });

  it("says a secret neither in its beginning nor in the file", async ({ expect }) => {
    const command = asked();
    const secret = "canary-of-some-length";
    await replies(createRedact([secret])).post(command, { text: `${secret}\n\n${long(9)}\n\n${secret}` }, false);
    const [said, file] = threadOf(command);
    expect(said?.text).toMatch(/^\[redacted\]/);
    expect(file?.files?.[0]?.content).toMatch(/^\[redacted\][\s\S]*\[redacted\]$/);
    expect(JSON.stringify(slack.requests)).not.toContain(secret);
  });

  it("is shared once, whatever fails on the way", async ({ expect }) => {
    const command = asked();
    const ts = await replies().post(command, { text: "⚙️ …" }, false);
    slack.fault("files.getUploadURLExternal", { status: 503 });
    slack.fault("upload", { status: 500 });
    slack.fault("files.completeUploadExternal", { status: 503 });
    slack.fault("files.completeUploadExternal", { reset: true, afterEffect: true });
    let failed = 0;
    for (let attempt = 0; attempt < 6; attempt++)
      await replies()
        .edit(command, ts, { text, buttons })
        .catch(() => (failed += 1));
    expect(failed).toBe(4);
    expect(threadOf(command).map(({ files }) => files?.length)).toEqual([undefined, 1]);
  });

  it.for(["files.getUploadURLExternal", "files.completeUploadExternal"])(
    "is all there in messages where Slack refuses %s",
    async (method, { expect }) => {
      const command = asked();
      slack.fault(method, { ...rejects("missing_scope"), times: 9 });
      const ts = await replies().post(command, { text: "⚙️ …" }, false);
      for (let time = 0; time < 2; time++) await replies().edit(command, ts, { text, buttons });
      const thread = threadOf(command);
      expect(thread.flatMap(({ files = [] }) => files)).toEqual([]);
      const words = thread.map((message) => message.text).join(" ");
      expect(Array.from(words.matchAll(/end (\d)/g), ([, number]) => number)).toEqual("012345678".split(""));
      expect(words).not.toContain("attached file");
      expect(thread.at(-1)?.buttons).toEqual(["Retry"]);
      expect(thread.slice(0, -1).flatMap((message) => message.buttons)).toEqual([]);
    },
  );

  it("is cut short where only the asker may see it", async ({ expect }) => {
    const { body } = slack.slashCommand("status all");
    const responseUrl = new URLSearchParams(body).get("response_url") ?? "";
    const conversation = { platform: "slack" as const, teamId: "T0ACME", channelId: channel, responseUrl };
    await replies().post({ ...asked(), conversation }, { text }, false);
    const whispers = slack.whispers(channel);
    expect(whispers).toHaveLength(4);
    expect(whispers.at(-1)?.text).toMatch(/I cut it here/);
    expect(operations()).not.toContain("chat.postMessage");
  });
});

describe("Slack's status line", () => {
  it("says what bugbot is doing until it is done", async ({ expect }) => {
    const command = asked();
    const ts = command.conversation.threadId ?? "";
    const writer = replies();
    await writer.activity?.(command, "reading src/cart.js");
    await expect.poll(() => slack.statusLine(channel, ts)).toBe("is reading src/cart.js…");
    await writer.activity?.(command, undefined);
    expect(slack.statusLine(channel, ts)).toBeUndefined();
  });

  it("shows the newest when Slack is slow, and an old one never after it", async ({ expect }) => {
    const command = asked();
    const writer = replies();
    for (const words of ["one", "two", "three"]) void writer.activity?.(command, words);
    await writer.activity?.(command, undefined);
    const shown = slack.requests.filter(({ operation }) => operation === "assistant.threads.setStatus");
    expect(shown.map(({ body }) => body)).toMatchObject([{ status: "is one…" }, { status: "" }]);
    expect(slack.statusLine(channel, command.conversation.threadId ?? "")).toBeUndefined();
  });

  it.for(["unknown_method", "missing_scope", "not_allowed_token_type", "method_not_supported_for_channel_type"])(
    "is not asked for again where Slack says %s",
    async (error, { expect }) => {
      const command = asked();
      const writer = replies();
      slack.fault("assistant.threads.setStatus", { ...rejects(error), times: 9 });
      for (const words of ["one", undefined, "two", undefined]) await writer.activity?.(command, words);
      expect(operations().filter((operation) => operation.startsWith("assistant."))).toHaveLength(1);
    },
  );

  it("does without an answer", async ({ expect }) => {
    const command = asked();
    slack.fault("assistant.threads.setStatus", { reset: true, times: 9 });
    await expect(replies().activity?.(command, undefined)).resolves.toBeUndefined();
  });
});

describe("what was said in the thread", () => {
  const alert = {
    user: "B0SENTRY",
    botId: "B0SENTRY",
    username: "Sentry",
    text: "",
    attachments: [{ title: "TypeError in cart.js", title_link: "https://sentry.test/issues/7", fallback: "TypeError" }],
  };

  it("is other bots' words too, marked as theirs, and none of bugbot's own", async ({ expect }) => {
    const place = slack.workspace.addChannel(channel, "bugs");
    const { ts } = slack.workspace.post(place, alert);
    const again = slack.workspace.post(place, { user: "U0BOB", text: "again <https://a.test|a>", threadTs: ts });
    const files = [{ id: "F1", name: "shot.png", title: "shot", size: 1 }];
    slack.workspace.post(place, { user: "U0BOB", text: "", threadTs: ts, files });
    const before = asked(ts);
    await replies().post({ ...before, id: "slack-Ev0" }, { text: "I said this" }, false);
    const at = (of: string) => Math.floor(Number(of) * 1000);
    expect(await replies().earlier(asked(ts))).toMatchObject([
      { author: "Sentry", text: "TypeError in cart.js https://sentry.test/issues/7", isBot: true, at: at(ts) },
      { author: "U0BOB", text: "again https://a.test", at: at(again.ts) },
      { author: "U0BOB", text: "", files: [{ name: "shot.png", url: "https://acme.slack.com/files/F1/shot.png" }] },
      { author: "U0ALICE", text: "<@U0BUGBOT> contextualize" },
    ]);
  });

  it("is the head and the newest of a long thread", async ({ expect }) => {
    const place = slack.workspace.addChannel(channel, "bugs");
    const { ts } = slack.workspace.post(place, alert);
    for (let number = 0; number < 300; number++)
      slack.workspace.post(place, { user: "U0BOB", text: `me too ${number}`, threadTs: ts });
    const said = await replies().earlier(asked(ts));
    expect(said).toHaveLength(50);
    expect([said[0]?.author, said[1]?.text, said.at(-1)?.text]).toEqual(["Sentry", "me too 251", "me too 299"]);
  });
});
