import { afterAll, beforeAll, describe, it } from "vitest";
import { createWorld, type World } from "./world.ts";

const workflow = { botId: "B0FLOW", name: "Nightly checks" };
const repository = "https://github.com/acme/shop";

let world: World;
beforeAll(async () => {
  world = await createWorld({ variables: { BUGBOT_ALLOWED_BOTS: "B0FLOW" } });
});
afterAll(() => world?.close());

const requestsOf = (operation: string) => world.slack.requests.filter((request) => request.operation === operation);

const place = () => world.slack.workspace.addChannel(world.channel, "bugs");

/** An alert at a thread's head, as monitoring posts it: without text. */
function postAlert(title: string) {
  return world.slack.workspace.post(place(), {
    user: "B0SENTRY",
    botId: "B0SENTRY",
    username: "Sentry",
    text: "",
    attachments: [{ title, title_link: "https://sentry.test/issues/7", text: "cart.js in applyCode", fallback: title }],
  });
}

describe("@bugbot fix under an alert", () => {
  it("takes the alert for the report, and for a bot's words", async ({ expect }) => {
    const { ts } = postAlert("TypeError: codes counted twice");
    world.slack.workspace.post(place(), { user: "U0BOB", text: "me too", threadTs: ts });
    const asked = world.anthropic.requests.length;
    const { outcome, replies } = await world.mention(`fix ${repository}`, { threadTs: ts });
    expect(outcome).toBe("succeeded");
    expect(replies.map(({ text }) => text)).toEqual([expect.stringMatching(/^✅/)]);
    const issue = world.linear.workspace.issues.at(-1);
    expect(issue?.title).toBe("TypeError: codes counted twice");
    expect(issue?.description).toMatch(/^Reported in Slack by the bot Sentry:\n\n> TypeError: codes counted twice/);
    expect(issue?.description).toContain("Said before by U0BOB:\n\n> me too");
    expect(world.github.pullRequests(world.repository).at(-1)?.body).toContain("> cart.js in applyCode");
    const prompts = JSON.stringify(world.anthropic.requests.slice(asked).map(({ body }) => body));
    expect(prompts).toContain("chat message by the bot Sentry");
    expect(prompts).toContain("cart.js in applyCode");
  });

  it("says so when it cannot read the thread, and does what it can", async ({ expect }) => {
    const { ts } = postAlert("TypeError: unseen");
    world.slack.fault("conversations.replies", { status: 200, body: { ok: false, error: "missing_scope" }, times: 9 });
    const { outcome, replies } = await world.mention(`fix ${repository} Apply twice counts twice`, { threadTs: ts });
    expect(outcome).toBe("succeeded");
    expect(replies.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^✅[\s\S]*⚠️ I could not read what was said here before.*missing_scope/),
    ]);
    expect(world.linear.workspace.issues.at(-1)?.title).toBe("Apply twice counts twice");
  });
});

describe("Slack's status line", () => {
  it("follows a fix, and ends with it", async ({ expect }) => {
    const before = requestsOf("assistant.threads.setStatus").length;
    const { ts } = await world.mention(`fix ${repository} Apply twice counts twice`);
    const sent = requestsOf("assistant.threads.setStatus").slice(before);
    expect(sent[0]?.body).toMatchObject({
      channel_id: world.channel,
      thread_ts: ts,
      status: "is looking at the report…",
    });
    expect(sent.at(-1)?.body).toMatchObject({ status: "" });
    expect(world.slack.statusLine(world.channel, ts)).toBeUndefined();
  });

  it("is not asked for by a question", async ({ expect }) => {
    const before = requestsOf("assistant.threads.setStatus").length;
    await world.mention("help");
    expect(requestsOf("assistant.threads.setStatus")).toHaveLength(before);
  });

  it("is missed by nobody where Slack has none", async ({ expect }) => {
    const plain = await createWorld({ assistant: false });
    try {
      const { outcome, replies } = await plain.mention(`fix ${repository} Apply twice counts twice`);
      expect(outcome).toBe("succeeded");
      expect(replies.map(({ text }) => text)).toEqual([expect.stringMatching(/^✅ (?![\s\S]*⚠️)/)]);
      expect(plain.slack.requests.filter(({ operation }) => operation.startsWith("assistant."))).toHaveLength(1);
    } finally {
      await plain.close();
    }
  });
});

describe("another bot's mention", () => {
  const thread = async (text: string, eventId: string, threadTs?: string, bot = workflow) => {
    const signed = world.slack.mention(text, { channel: world.channel, eventId, bot, ...(threadTs && { threadTs }) });
    await world.fromSlack(signed);
    return signed.message.ts;
  };

  it("is answered three times in a thread, refused once, and then passed over", async ({ expect }) => {
    const ts = await thread("help", "EvBot1");
    await world.settled("EvBot1");
    for (const number of [2, 3, 4, 5, 6]) {
      await thread("help", `EvBot${number}`, ts);
      await world.settled(`EvBot${number}`);
    }
    const seen = world.slack.thread(world.channel, ts);
    const answers = seen.filter(({ author }) => author === "bugbot").map(({ text }) => text);
    expect(answers).toHaveLength(4);
    expect(answers.filter((text) => text.includes("@bugbot fix"))).toHaveLength(3);
    expect(answers.at(-1)).toMatch(/^❌ Other bots have asked me 3 times within an hour in this thread/);
    const marks = seen.filter(({ author }) => author !== "bugbot").map(({ reactions }) => reactions);
    expect(marks).toEqual([[], [], [], [":x:"], [], []]);
    const { replies } = await world.mention("help", { threadTs: ts });
    expect(replies.at(-1)?.text).toContain("@bugbot fix");
  });

  it("is not heard when the operator has not allowed it", async ({ expect }) => {
    const posted = requestsOf("chat.postMessage").length;
    await thread("help", "EvStranger", undefined, { botId: "B0OTHER", name: "Other" });
    // A later command passes the same queue.
    await world.mention("help");
    expect(requestsOf("chat.postMessage")).toHaveLength(posted + 1);
    const db = await world.database();
    expect(await db.prepare("SELECT 1 FROM commands WHERE id = 'slack-EvStranger'").first()).toBeNull();
  });
});
