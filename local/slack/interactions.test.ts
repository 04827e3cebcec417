import { afterEach, beforeEach, describe, it } from "vitest";
import type { Command } from "../../shared/command.ts";
import { createGateway } from "../../gateway/gateway.ts";
import { createSlack as createSlackPlatform } from "../../gateway/slack/slack.ts";
import { createTake } from "../../gateway/take.ts";
import { createSlack, type Slack } from "../slack.ts";
import type { SignedRequest } from "./sign.ts";

const botToken = "xoxb-local";
const signingSecret = "signing-secret";
let slack: Slack;
let enqueued: Command[];
let logged: string[];
let later: Promise<unknown>[];
let app: ReturnType<typeof createGateway>;

beforeEach(async () => {
  slack = await createSlack({ botToken, signingSecret });
  [enqueued, logged, later] = [[], [], []];
  const apiUrl = slack.url.replace(/\/$/, "");
  app = createGateway({
    doors: [
      {
        name: "Slack",
        prefix: "/slack",
        state: { state: "on" },
        open: async () => createSlackPlatform({ signingSecret, botToken, apiUrl, allowedBots: [] }),
      },
    ],
    take: createTake({
      enqueue: async (command) => enqueued.push(command),
      holdFlood: async () => false,
      now: Date.now,
      log: (event) => logged.push(event),
    }),
    health: async () => ({ status: "healthy", components: {} }),
    operate: () => Promise.reject(new Error("nobody operates here")),
    now: Date.now,
    log: (event) => logged.push(event),
  });
});
afterEach(() => slack.close());

/** The gateway's answer, once what it sends afterwards is sent too. */
async function post({ path, body, headers }: SignedRequest): Promise<{ status: number; text: string }> {
  const waitUntil = (promise: Promise<unknown>) => void later.push(promise);
  const context = { waitUntil, passThroughOnException: () => undefined, props: {} };
  const response = await app.request(path, { method: "POST", body, headers }, {}, context);
  await Promise.all(later);
  return { status: response.status, text: await response.text() };
}

const json = { "content-type": "application/json" };
const inChannel = { status: 200, text: '{"response_type":"in_channel"}' };
const empty = { status: 200, text: "" };

/** A status message of bugbot's with these buttons. */
function statusMessage(threadTs: string, ...actions: string[]) {
  const channel = slack.workspace.addChannel("C0BUGS", "bugs");
  const elements = actions.map((action) => ({
    type: "button",
    action_id: `bugbot:${action}:slack-Ev1`,
    text: { type: "plain_text", text: action },
    value: "slack-Ev1",
  }));
  const blocks = [{ type: "actions", block_id: "buttons", elements }];
  return slack.workspace.post(channel, { user: "U0BUGBOT", botId: "B0BUGBOT", text: "❌", threadTs, blocks });
}

describe("what a person does reaches the queue through the real gateway", () => {
  it("as a slash command, answered where only they see it", async ({ expect }) => {
    expect(await post(slack.slashCommand("help", { user: "U0BOB" }))).toEqual(empty);
    const [command] = enqueued;
    expect(command).toMatchObject({
      name: "help",
      conversation: { teamId: "T0ACME", channelId: "C0BUGS" },
      author: { id: "U0BOB", name: "bob" },
    });
    const { responseUrl = "" } = command?.conversation.platform === "slack" ? command.conversation : {};
    const said = await fetch(responseUrl, { method: "POST", body: '{"text":"Hi"}', headers: json });
    expect([said.status, await said.text()]).toEqual([200, "ok"]);
    expect(slack.whispers("C0BUGS", "U0BOB")).toMatchObject([{ author: "bugbot", text: "Hi" }]);
    expect([...slack.channel("C0BUGS"), ...slack.whispers("C0BUGS")]).toEqual([]);
    expect(slack.requests.map(({ operation }) => operation)).toEqual(["response_url"]);
  });

  it("as a slash command for work, shown to the channel", async ({ expect }) => {
    expect(await post(slack.slashCommand("fix BUG-12", { command: "/bm", triggerId: "1.2.a" }))).toEqual(inChannel);
    expect(await post(slack.slashCommand("fix BUG-12", { command: "/bm", triggerId: "1.2.a" }))).toEqual(inChannel);
    expect(new Set(enqueued.map(({ id }) => id)).size).toBe(1);
  });

  it("as a button, by its label", async ({ expect }) => {
    const { message } = slack.mention("fix");
    const status = statusMessage(message.ts, "retry", "stop");
    expect(await post(slack.pressButton("retry", status))).toEqual(empty);
    expect(enqueued).toMatchObject([
      { name: "retry", text: "slack-Ev1", conversation: { threadId: message.ts, messageId: status.ts } },
    ]);
    expect(() => slack.pressButton("fix", status)).toThrow("no button fix");
  });

  it("as a shortcut on a message", async ({ expect }) => {
    const { message } = slack.mention("the cart is broken", { user: "U0BOB" });
    expect(await post(slack.shortcut("fix_with_bugbot", message))).toEqual(empty);
    expect(enqueued).toMatchObject([
      { name: "fix", author: { id: "U0ALICE" }, report: { text: "<@U0BUGBOT> the cart is broken", author: "U0BOB" } },
    ]);
    expect(slack.thread("C0BUGS", message.ts)).toMatchObject([{ reactions: [":eyes:"] }]);
  });

  it("as ❌ on a status message, without a 👀 on it", async ({ expect }) => {
    const { message } = slack.mention("fix");
    const status = statusMessage(message.ts);
    expect(await post(slack.react("x", status, { user: "U0BOB", eventId: "EvX" }))).toEqual(empty);
    await post(slack.react("x", status, { user: "U0BOB", eventId: "EvX" }));
    expect(enqueued.map(({ id, name }) => [id, name])).toEqual([
      ["slack-EvX", "stop"],
      ["slack-EvX", "stop"],
    ]);
    expect(slack.thread("C0BUGS", message.ts)[1]?.reactions).toEqual([":x:"]);
  });

  it("as a form that a button opened, corrected once", async ({ expect }) => {
    const { message } = slack.mention("fix");
    const pressed = slack.pressButton("ask", statusMessage(message.ts, "ask"), { user: "U0BOB" });
    expect(await post(pressed)).toEqual(empty);
    const [view] = slack.workspace.views;
    if (!view) throw new Error("no form was opened");
    expect(view).toMatchObject({ callback_id: "bugbot_repository", user: "U0BOB" });
    const corrected = await post(slack.submitView(view, { repository: "the shop" }));
    expect(JSON.parse(corrected.text)).toMatchObject({ response_action: "errors", errors: { repository: /./ } });
    expect(enqueued).toEqual([]);
    expect(await post(slack.submitView(view, { repository: "acme/shop" }))).toEqual(empty);
    expect(enqueued).toMatchObject([
      { name: "retry", text: "slack-Ev1 https://github.com/acme/shop", author: { id: "U0BOB", name: "bob" } },
    ]);
    // The click is spent: the form cannot be opened with it twice.
    await post(pressed);
    expect(slack.workspace.views).toHaveLength(1);
    expect(logged).toEqual(["command_enqueued", "follow_up_failed"]);
  });
});
