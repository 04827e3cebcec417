import { WebClient } from "@slack/web-api";
import { afterEach, beforeEach, describe, it } from "vitest";
import { createSlack, type Slack } from "../slack.ts";

const botToken = "xoxb-local";
let slack: Slack;
let client: WebClient;

beforeEach(() => start());
afterEach(() => slack.close());

async function start(options: { assistant?: boolean } = {}) {
  slack = await createSlack({ botToken, signingSecret: "signing-secret", ...options });
  client = new WebClient(botToken, { slackApiUrl: slack.url, retryConfig: { retries: 0 } });
}
const code = (error: string) => ({ data: { ok: false, error } });

describe("views.open, asked by Slack's own client", () => {
  const view = {
    type: "modal" as const,
    callback_id: "ask",
    private_metadata: "about",
    title: { type: "plain_text" as const, text: "Which one?" },
    submit: { type: "plain_text" as const, text: "Go" },
    blocks: [
      {
        type: "input" as const,
        block_id: "name",
        label: { type: "plain_text" as const, text: "Name" },
        element: { type: "plain_text_input" as const, action_id: "name" },
      },
    ],
  };

  it("opens a form once for each click", async ({ expect }) => {
    slack.slashCommand("help", { triggerId: "1.2.a" });
    const opened = await client.views.open({ trigger_id: "1.2.a", view });
    expect(opened.view).toMatchObject({ callback_id: "ask", private_metadata: "about", state: { values: {} } });
    expect(slack.workspace.views).toMatchObject([{ id: opened.view?.id, user: "U0ALICE" }]);
    await expect(client.views.open({ trigger_id: "1.2.a", view })).rejects.toMatchObject(code("exchanged_trigger_id"));
  });

  it("refuses clicks of the past, unknown clicks and forms Slack would not show", async ({ expect }) => {
    slack.slashCommand("help", { triggerId: "1.2.a" });
    slack.workspace.triggers.set("old", { user: "U0ALICE", at: Date.now() - 3_001, exchanged: false });
    const calls: [string, string, object][] = [
      ["expired_trigger_id", "old", view],
      ["invalid_arguments", "unknown", view],
      ["invalid_arguments", "1.2.a", { ...view, title: { type: "plain_text", text: "x".repeat(25) } }],
      ["invalid_arguments", "1.2.a", { ...view, submit: undefined }],
      ["invalid_arguments", "1.2.a", { ...view, private_metadata: "x".repeat(3001) }],
    ];
    for (const [error, trigger, asked] of calls) {
      await expect(client.apiCall("views.open", { trigger_id: trigger, view: asked })).rejects.toMatchObject(
        code(error),
      );
    }
    expect(slack.workspace.views).toEqual([]);
  });
});

describe("files, uploaded by Slack's own client", () => {
  it("are shared in a thread", async ({ expect }) => {
    const { message } = slack.mention("contextualize");
    const content = "# Everything known ✓\n";
    const about = { channel_id: "C0BUGS", thread_ts: message.ts, initial_comment: "The whole of it" };
    await client.filesUploadV2({ ...about, filename: "card.md", title: "Card", content });
    expect(slack.thread("C0BUGS", message.ts)[1]).toMatchObject({
      author: "bugbot",
      text: "The whole of it",
      files: [{ name: "card.md", content }],
    });
    const { messages } = await client.conversations.replies({ channel: "C0BUGS", ts: message.ts });
    expect(messages?.[1]).toMatchObject({ files: [{ name: "card.md", title: "Card" }] });
  });

  it("are not shared before they are there", async ({ expect }) => {
    const announced = await client.files.getUploadURLExternal({ filename: "card.md", length: 4 });
    const id = announced.file_id ?? "";
    const complete = () =>
      client.files.completeUploadExternal({ channel_id: "C0BUGS", files: [{ id, title: "Card" }] });
    await expect(complete()).rejects.toMatchObject(code("file_not_found"));
    const upload = (body: string) => fetch(announced.upload_url ?? "", { method: "POST", body });
    expect((await upload("too long")).status).toBe(400);
    await expect(complete()).rejects.toMatchObject(code("file_not_found"));
    const uploaded = await upload("card");
    expect([uploaded.status, await uploaded.text()]).toEqual([200, "OK - 4"]);
    expect(slack.channel("C0BUGS")).toEqual([]);
    await complete();
    expect(slack.channel("C0BUGS")).toMatchObject([{ files: [{ name: "card.md", content: "card" }] }]);
  });
});

describe("assistant.threads.setStatus", () => {
  const asked = (ts: string) => ({ channel_id: "C0BUGS", thread_ts: ts, status: "is reading…" });

  it("is unknown to an app without the agent feature", async ({ expect }) => {
    const { message } = slack.mention("help");
    await expect(client.assistant.threads.setStatus(asked(message.ts))).rejects.toMatchObject(code("unknown_method"));
  });

  it("is taken where the app has it", async ({ expect }) => {
    await slack.close();
    await start({ assistant: true });
    const { message } = slack.mention("help");
    expect(await client.assistant.threads.setStatus(asked(message.ts))).toMatchObject({ ok: true });
    await expect(client.assistant.threads.setStatus(asked("1.1"))).rejects.toMatchObject(code("thread_not_found"));
  });
});
