import { WebClient } from "@slack/web-api";
import { afterEach, beforeEach, describe, it } from "vitest";
import * as z from "zod";
import { createSlack, type Slack } from "../slack.ts";

const botToken = "xoxb-local";
let slack: Slack;
let client: WebClient;

beforeEach(async () => {
  slack = await createSlack({ botToken, signingSecret: "signing-secret" });
  client = new WebClient(botToken, { slackApiUrl: slack.url, retryConfig: { retries: 0 } });
});
afterEach(() => slack.close());

describe("a response URL", () => {
  async function say(url: string, body: object) {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: response.status, text: await response.text() };
  }
  const fieldOf = (body: string, name: string) => new URLSearchParams(body).get(name) ?? "";
  const urlOf = ({ body }: { body: string }) => fieldOf(body, "response_url");

  it("speaks to the asker, or to the channel, five times", async ({ expect }) => {
    const url = urlOf(slack.slashCommand("help"));
    expect(await say(url, { text: "psst" })).toEqual({ status: 200, text: "ok" });
    await say(url, { text: "hear, hear", response_type: "in_channel" });
    expect((await say(url, { text: "" })).status).toBe(400);
    expect(slack.whispers("C0BUGS").map(({ text }) => text)).toEqual(["psst"]);
    expect(slack.channel("C0BUGS").map(({ text }) => text)).toEqual(["hear, hear"]);
    for (let use = 3; use <= 5; use++) expect((await say(url, { text: "again" })).status).toBe(200);
    expect(await say(url, { text: "again" })).toEqual({ status: 404, text: '{"ok":false,"error":"used_url"}' });
    expect(slack.whispers("C0BUGS")).toHaveLength(4);
  });

  it("is gone after half an hour", async ({ expect }) => {
    const url = urlOf(slack.slashCommand("help"));
    for (const known of slack.workspace.responseUrls.values()) known.at -= 30 * 60_000 + 1;
    expect(await say(url, { text: "late" })).toEqual({ status: 404, text: '{"ok":false,"error":"expired_url"}' });
    expect((await say(url.replace(/\w+$/, "guessed"), { text: "x" })).status).toBe(404);
    expect(slack.whispers("C0BUGS")).toEqual([]);
  });

  it("of a button replaces or removes the message with the button", async ({ expect }) => {
    const text = { type: "plain_text" as const, text: "Go" };
    const elements = [{ type: "button" as const, action_id: "go", text }];
    const blocks = [{ type: "actions" as const, elements }];
    const { ts = "" } = await client.chat.postMessage({ channel: "C0BUGS", text: "Shall I?", blocks });
    const payload: unknown = JSON.parse(fieldOf(slack.pressButton("Go", { ts }).body, "payload"));
    const { response_url: url } = z.object({ response_url: z.string() }).parse(payload);
    expect(await say(url, { text: "Going", replace_original: true })).toEqual({ status: 200, text: '{"ok":true}' });
    expect(slack.channel("C0BUGS")).toMatchObject([{ ts, text: "Going", buttons: [], edits: 1 }]);
    await say(url, { delete_original: true });
    expect(slack.channel("C0BUGS")).toEqual([]);
  });
});
