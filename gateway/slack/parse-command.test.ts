import { describe, it } from "vitest";
import { form, slashCommand } from "./interaction-payloads.ts";
import { createParseCommand } from "./parse-command.ts";
import { createTestGateway, nowMs } from "./test-gateway.ts";

const conversation = {
  platform: "slack",
  teamId: "T1",
  channelId: "C1",
  responseUrl: "https://hooks.slack.com/commands/T1/1/x",
};

async function ask(fields: Record<string, string> = {}) {
  const { post, enqueued } = await createTestGateway();
  const response = await post("/slack/commands", form({ ...slashCommand, ...fields }));
  return { response, enqueued };
}

describe("POST /slack/commands", () => {
  it("asks for work in the open", async ({ expect }) => {
    const { response, enqueued } = await ask();
    expect(await response.json()).toEqual({ response_type: "in_channel" });
    expect(enqueued).toEqual([
      {
        v: 1,
        id: expect.stringMatching(/^slack-[0-9a-f]{64}$/),
        name: "fix",
        text: "https://github.com/acme/shop BUG-12",
        conversation,
        author: { id: "U1", name: "ann" },
        references: { linearIssueId: "BUG-12", githubRepoUrl: "https://github.com/acme/shop" },
        receivedAt: nowMs,
      },
    ]);
  });

  it.for<[string, string, string]>([
    ["/bm", "ctx BUG-12", "contextualize"],
    ["/bugbot", "Contextualize", "contextualize"],
  ])("reads %s %s as %s, in the open", async ([command, text, name], { expect }) => {
    const { response, enqueued } = await ask({ command, text });
    expect(await response.json()).toEqual({ response_type: "in_channel" });
    expect(enqueued).toMatchObject([{ name, conversation }]);
  });

  it.for<[string, string]>([
    ["help", "help"],
    ["", "help"],
    ["status all", "status"],
    ["cancel", "stop"],
  ])("keeps `/bugbot %s` between bugbot and the asker", async ([text, name], { expect }) => {
    const { response, enqueued } = await ask({ text });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
    expect(enqueued).toMatchObject([{ name, conversation, forAsker: true }]);
  });

  it("gives the same id to a command that Slack sends again, and another to the next", async ({ expect }) => {
    const { post, enqueued } = await createTestGateway();
    for (const trigger of ["1.2.a", "1.2.a", "1.2.b"]) {
      await post("/slack/commands", form({ ...slashCommand, trigger_id: trigger }));
    }
    const [first, again, next] = enqueued.map(({ id }) => id);
    expect(again).toBe(first);
    expect(next).not.toBe(first);
  });

  it.for<[string, number, string]>([
    ["another app's command", 200, form({ ...slashCommand, command: "/deploy" })],
    ["a check of the certificate", 200, form({ ssl_check: "1", token: "t" })],
    ["a command without a trigger", 400, form({ ...slashCommand, trigger_id: "" })],
    ["JSON", 400, "{}"],
    ["nothing", 400, ""],
  ])("answers %s with %i, and enqueues nothing", async ([, status, body], { expect }) => {
    const { post, enqueued } = await createTestGateway();
    const response = await post("/slack/commands", body);
    expect(response.status).toBe(status);
    expect(enqueued).toEqual([]);
  });

  it.for<[string, string, boolean]>([
    ["https://hooks.slack.com/commands/T1/1/x", "https://slack.com/api", true],
    ["http://127.0.0.1:9/commands/T1/1/x", "http://127.0.0.1:9/api", true],
    ["http://127.0.0.1:9/commands/T1/1/x", "https://slack.com/api", false],
    ["http://hooks.slack.com/commands/T1/1/x", "https://slack.com/api", false],
    ["https://hooks.slack.com:8443/commands/T1/1/x", "https://slack.com/api", false],
    ["https://hooks.slack.com@evil.test/x", "https://slack.com/api", false],
    ["https://u:p@hooks.slack.com/x", "https://slack.com/api", false],
    ["https://notslack.com/x", "https://slack.com/api", false],
    ["https://slack.com.evil.test/x", "https://slack.com/api", false],
    ["file:///etc/passwd", "file:///api", false],
    ["hooks.slack.com", "not a URL", false],
  ])("answers at %s where the API is %s: %s", async ([responseUrl, apiUrl, kept], { expect }) => {
    const incoming = await createParseCommand(apiUrl)(form({ ...slashCommand, response_url: responseUrl }), nowMs);
    const { responseUrl: _, ...place } = conversation;
    expect(incoming).toMatchObject({ kind: "command", command: { conversation: place } });
    if (incoming.kind === "command") expect("responseUrl" in incoming.command.conversation).toBe(kept);
  });
});
