import { describe, it } from "vitest";
import { button, form, interaction, shortcut } from "./interaction-payloads.ts";
import { createTestGateway, nowMs } from "./test-gateway.ts";

const path = "/slack/interactions";
const inThread = { platform: "slack", teamId: "T1", channelId: "C1", threadId: "10.1", messageId: "10.2" };

async function send(...payloads: object[]) {
  const { post, enqueued } = await createTestGateway();
  const responses: Response[] = [];
  for (const payload of payloads) responses.push(await post(path, interaction(payload)));
  return { statuses: responses.map(({ status }) => status), enqueued };
}

describe("a button", () => {
  it.for<[string, string, string]>([
    ["bugbot:retry:slack-Ev1", "retry", "slack-Ev1"],
    ["bugbot:stop:slack-Ev1", "stop", "slack-Ev1"],
    ["bugbot:fix:slack-Ev1", "fix", ""],
  ])("%s asks for %s in the thread it is in", async ([actionId, name, text], { expect }) => {
    const { statuses, enqueued } = await send(button(actionId, { threadTs: "10.1" }));
    expect(statuses).toEqual([200]);
    expect(enqueued).toEqual([
      {
        v: 1,
        id: expect.stringMatching(/^slack-[0-9a-f]{64}$/),
        name,
        text,
        conversation: inThread,
        author: { id: "U1", name: "ann" },
        references: {},
        receivedAt: nowMs,
      },
    ]);
  });

  it("under a message outside threads speaks of that message's thread", async ({ expect }) => {
    const { enqueued } = await send(button("bugbot:retry:slack-Ev1"));
    expect(enqueued).toMatchObject([{ conversation: { threadId: "10.2", messageId: "10.2" } }]);
  });

  it("that only the asker sees is answered to the asker", async ({ expect }) => {
    const { enqueued } = await send(button("bugbot:stop:slack-Ev1", { isEphemeral: true }));
    const responseUrl = "https://hooks.slack.com/actions/T1/1/x";
    expect(enqueued[0]?.conversation).toEqual({ platform: "slack", teamId: "T1", channelId: "C1", responseUrl });
  });

  it("is one command however often Slack sends it, with or without a trigger", async ({ expect }) => {
    const { trigger_id: _, ...untriggered } = button("bugbot:retry:slack-Ev1");
    const other = { ...untriggered, user: { id: "U2" } };
    const triggered = button("bugbot:retry:slack-Ev1");
    const { enqueued } = await send(triggered, triggered, untriggered, untriggered, other);
    const [a, b, c, d, e] = enqueued.map(({ id }) => id);
    expect([a, c]).toEqual([b, d]);
    expect(new Set([a, c, e]).size).toBe(3);
  });

  it("is heard in an app that a whole organisation installed", async ({ expect }) => {
    const { enqueued } = await send({ ...button("bugbot:retry:slack-Ev1"), team: null });
    expect(enqueued).toMatchObject([{ conversation: { teamId: "T1" } }]);
  });
});

describe("the message shortcut", () => {
  it("takes the message as the report", async ({ expect }) => {
    const { statuses, enqueued } = await send(shortcut);
    expect(statuses).toEqual([200]);
    expect(enqueued).toEqual([
      {
        v: 1,
        id: expect.stringMatching(/^slack-[0-9a-f]{64}$/),
        name: "fix",
        text: "",
        conversation: { ...inThread, threadId: "10.2", responseUrl: "https://hooks.slack.com/app/T1/1/x" },
        author: { id: "U1", name: "ann" },
        report: { text: "https://github.com/acme/shop is down", author: "U2" },
        reportedAt: 10_200,
        references: { githubRepoUrl: "https://github.com/acme/shop" },
        receivedAt: nowMs,
      },
    ]);
  });

  it("answers in the thread the message is in", async ({ expect }) => {
    const { enqueued } = await send({ ...shortcut, message: { ...shortcut.message, thread_ts: "10.1" } });
    expect(enqueued).toMatchObject([{ conversation: inThread }]);
  });

  it("reads what another app attached to an empty message", async ({ expect }) => {
    const message = { ts: "10.2", username: "alerts", text: "", attachments: [{ fallback: "BUG-12 is back" }] };
    const { enqueued } = await send({ ...shortcut, message });
    expect(enqueued).toMatchObject([
      { report: { text: "BUG-12 is back", author: "alerts" }, references: { linearIssueId: "BUG-12" } },
    ]);
  });
});

it.for<[string, number, string]>([
  ["another app's button", 200, interaction(button("approve"))],
  ["a button in a form", 200, interaction({ ...button("bugbot:retry:c"), container: { type: "view" }, channel: null })],
  ["another shortcut", 200, interaction({ ...shortcut, callback_id: "translate" })],
  ["a shortcut on no message", 200, interaction({ ...shortcut, type: "shortcut" })],
  ["a form that was closed", 200, interaction({ type: "view_closed" })],
  ["a payload that is no object", 400, form({ payload: "7" })],
  ["a payload that is not JSON", 400, form({ payload: "{" })],
  ["no payload", 400, "{}"],
])("answers %s with %i, and enqueues nothing", async ([, status, body], { expect }) => {
  const { post, enqueued, opened } = await createTestGateway();
  expect((await post(path, body)).status).toBe(status);
  expect([...enqueued, ...opened]).toEqual([]);
});
