import { WebClient } from "@slack/web-api";
import { afterEach, beforeEach, describe, it } from "vitest";
import { createSlack, type Slack } from "../slack.ts";

const botToken = "xoxb-local";
const channel = "C0BUGS";
const recipient = { recipient_team_id: "T0ACME", recipient_user_id: "U0ALICE" };
let slack: Slack;
let client: WebClient;
let ts: string;

beforeEach(() => start(true));
afterEach(() => slack.close());

async function start(agent: boolean) {
  slack = await createSlack({ botToken, signingSecret: "signing-secret", agent });
  client = new WebClient(botToken, { slackApiUrl: slack.url, retryConfig: { retries: 0 } });
  ts = slack.mention("help").message.ts;
}
const code = (error: string) => ({ data: { ok: false, error } });

describe("a stream, as Slack's own client writes it", () => {
  it("grows until it is stopped, and can be edited only then", async ({ expect }) => {
    const stream = client.chatStream({ channel, thread_ts: ts, ...recipient });
    await stream.append({ markdown_text: "a".repeat(300) });
    const streamed = stream.ts ?? "";
    await expect(client.chat.update({ channel, ts: streamed, text: "x" })).rejects.toMatchObject(
      code("streaming_state_conflict"),
    );
    const task = { type: "task_update" as const, id: "1", title: "look" };
    await stream.append({ chunks: [{ ...task, status: "in_progress" }] });
    await stream.append({ chunks: [{ ...task, status: "complete" }] });
    const { messages } = await client.conversations.replies({ channel, ts });
    expect(messages?.[1]).toMatchObject({ ts: streamed, streaming_state: "in_progress" });
    await stream.stop({ markdown_text: "b" });
    expect(slack.thread(channel, ts)[1]?.text).toBe(`${"a".repeat(300)}b\n \n[complete] look`);
    await expect(client.chat.stopStream({ channel, ts: streamed })).rejects.toMatchObject(
      code("message_not_in_streaming_state"),
    );
    await client.chat.update({ channel, ts: streamed, text: "x" });
    expect(slack.thread(channel, ts)[1]?.text).toBe("x");
  });

  it("is refused outside a thread, to nobody, and with what Slack would not show", async ({ expect }) => {
    const title = "x".repeat(257);
    const calls: [string, object][] = [
      ["invalid_thread_ts", recipient],
      ["missing_recipient_team_id", { thread_ts: ts }],
      ["missing_recipient_user_id", { thread_ts: ts, recipient_team_id: "T0ACME" }],
      ["invalid_chunks", { thread_ts: ts, ...recipient, chunks: [{ type: "plan_update", title }] }],
      ["invalid_chunks", { thread_ts: ts, ...recipient, chunks: [{ type: "song" }] }],
    ];
    for (const [error, asked] of calls) {
      await expect(client.apiCall("chat.startStream", { channel, ...asked })).rejects.toMatchObject(code(error));
    }
    expect(slack.thread(channel, ts)).toHaveLength(1);
  });
});

describe("an agent's session", () => {
  it("is made once, keeps its title until it is renamed, and follows its streams", async ({ expect }) => {
    const thread = { channel_id: channel, thread_ts: ts };
    await client.agents.sessions.setStatus({ ...thread, status: "processing", title: "one" });
    await client.agents.sessions.setStatus({ ...thread, status: "suspended", title: "two" });
    expect(slack.session(channel, ts)).toEqual({ status: "suspended", title: "one" });
    await client.agents.sessions.rename({ ...thread, title: "three" });
    const stream = client.chatStream({ channel, thread_ts: ts, ...recipient });
    await stream.append({ markdown_text: "a".repeat(300) });
    expect(slack.session(channel, ts)).toEqual({ status: "processing", title: "three" });
    await stream.stop();
    expect(slack.session(channel, ts)?.status).toBe("active");
    await expect(client.agents.sessions.setStatus({ ...thread, status: "asleep" })).rejects.toMatchObject(
      code("invalid_status"),
    );
  });

  it("is unknown to an app that is no agent, like streams", async ({ expect }) => {
    await slack.close();
    await start(false);
    const asked = { channel_id: channel, thread_ts: ts, status: "active" };
    await expect(client.agents.sessions.setStatus(asked)).rejects.toMatchObject(code("unknown_method"));
    await expect(client.chat.startStream({ channel, thread_ts: ts, ...recipient })).rejects.toMatchObject(
      code("unknown_method"),
    );
  });
});
