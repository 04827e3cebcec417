import { afterEach, beforeEach, describe, it } from "vitest";
import { createSlackReplies } from "../consumer/replies/slack.ts";
import type { Doing, Reply } from "../consumer/replies/reply.ts";
import { createSlack, type Slack } from "../local/slack.ts";
import type { Command } from "../shared/command.ts";

const botToken = "xoxb-local";
const channel = "C0BUGS";
const stop = [{ action: "stop" as const, commandId: "slack-Ev1" }];
const where = "[acme/my\\_shop](https://github.com/acme/my_shop)";

let slack: Slack;
beforeEach(() => start(true));
afterEach(() => slack.close());

async function start(agent: boolean) {
  slack = await createSlack({ botToken, signingSecret: "secret", agent });
}
const replies = () => createSlackReplies({ botToken, apiUrl: slack.url.replace(/\/$/, "") });
const working = (doing: Doing, buttons: Reply["buttons"] = stop): Reply => ({
  text: `⚙️ ${doing.stage}`,
  doing,
  buttons,
});
const done: Reply = { text: "✅ done", buttons: [{ action: "retry", commandId: "slack-Ev1" }] };

function asked(): Command {
  const { message } = slack.mention("fix the total");
  const { ts } = message;
  return {
    v: 1,
    id: "slack-Ev1",
    name: "fix",
    text: "the total is wrong, says alice@example.com",
    conversation: { platform: "slack", teamId: "T0ACME", channelId: channel, threadId: ts, messageId: ts },
    author: { id: "U0ALICE" },
    references: {},
    receivedAt: 1,
  };
}
const seen = ({ conversation }: Command) =>
  slack.thread(channel, conversation.threadId ?? "").filter(({ author }) => author === "bugbot");
const session = ({ conversation }: Command) => slack.session(channel, conversation.threadId ?? "");
const operations = () => slack.requests.map(({ operation }) => operation);
const rejects = (error: string) => ({ status: 200, body: { ok: false, error }, times: 9 });

describe("the status message in a workspace that has bugbot as an agent", () => {
  it("is streamed, a task for each stage, and becomes the last word", async ({ expect }) => {
    const command = asked();
    const writer = replies();
    const ts = await writer.post(command, working({ stage: "looking at the report" }), false);
    await writer.edit(command, ts, working({ stage: "looking for the cause", where, elapsed: "4 s", cost: "$0.01" }));
    await writer.edit(
      command,
      ts,
      working({ stage: "looking for the cause", tool: "reading <!channel>", where, elapsed: "9 s", cost: "$0.02" }),
    );
    const [status] = seen(command);
    expect(status?.text).toBe(
      [
        "⚙️ Working on it…",
        "Working on <https://github.com/acme/my_shop|acme/my_shop>",
        "Working · 9 s · $0.02 ",
        "[complete] looking at the report ",
        "[in_progress] looking for the cause: reading &lt;!channel&gt;",
      ].join("\n"),
    );
    expect(status?.buttons).toEqual(["Stop"]);
    expect(session(command)).toEqual({ status: "processing", title: "fix: the total is wrong, says a…@example.com" });
    await writer.edit(command, ts, done);
    await writer.activity?.(command, undefined);
    expect(seen(command)).toMatchObject([{ ts, text: "✅ done", buttons: ["Retry"] }]);
    expect(session(command)?.status).toBe("active");
    expect(operations()).not.toContain("chat.postMessage");
    expect(operations().filter((operation) => operation === "chat.update")).toHaveLength(1);
  });

  it.for(["ended by Slack", "stopped by a person"])("is edited on when its stream was %s", async (how, { expect }) => {
    const command = asked();
    const writer = replies();
    const ts = await writer.post(command, working({ stage: "one" }), false);
    if (how === "ended by Slack") slack.endStreams();
    else slack.stopSession({ ts: command.conversation.threadId ?? "" });
    await writer.edit(command, ts, working({ stage: "two" }));
    expect(seen(command)).toMatchObject([{ ts, text: "⚙️ two", buttons: ["Stop"] }]);
    await writer.edit(command, ts, working({ stage: "three" }));
    await writer.edit(command, ts, done);
    expect(seen(command)).toMatchObject([{ ts, text: "✅ done" }]);
    expect(operations().filter((operation) => operation === "chat.appendStream")).toHaveLength(1);
    expect(operations()).not.toContain("chat.postMessage");
  });

  it("keeps its stream when one thing more could not be added", async ({ expect }) => {
    const command = asked();
    const writer = replies();
    const ts = await writer.post(command, working({ stage: "one" }), false);
    slack.fault("chat.appendStream", { status: 503 });
    await expect(writer.edit(command, ts, working({ stage: "two" }))).rejects.toMatchObject({ retry: true });
    await writer.edit(command, ts, working({ stage: "two" }));
    expect(seen(command)[0]?.text).toContain("[complete] one \n[in_progress] two");
  });

  it("is taken up by another isolate, which never began it", async ({ expect }) => {
    const command = asked();
    const ts = await replies().post(command, working({ stage: "one" }), false);
    await replies().edit(command, ts, working({ stage: "two" }));
    expect(seen(command)).toMatchObject([{ ts, text: "⚙️ two" }]);
    expect(session(command)?.status).toBe("processing");
    await replies().edit(command, ts, done);
    expect(seen(command)).toMatchObject([{ ts, text: "✅ done" }]);
  });

  it.for(["chat.startStream", "chat.stopStream", "chat.update"])(
    "is one, and its last word too, when nobody knows whether %s was done",
    async (operation, { expect }) => {
      const command = asked();
      slack.fault(operation, { reset: true, afterEffect: true });
      const post = (again: boolean) => replies().post(command, working({ stage: "one" }), again);
      const ts = await post(false).catch(() => post(true));
      const end = () => replies().edit(command, ts, done);
      await end().catch(end);
      await replies().edit(command, ts, done);
      expect(await post(true)).toBe(ts);
      expect(seen(command)).toMatchObject([{ ts, text: "✅ done" }]);
      expect(operations()).not.toContain("chat.postMessage");
    },
  );
});

describe("a workspace that does not have it", () => {
  it("gets plain messages, and is asked once", async ({ expect }) => {
    await slack.close();
    await start(false);
    const command = asked();
    const writer = replies();
    const ts = await writer.post(command, working({ stage: "one" }), false);
    await writer.edit(command, ts, working({ stage: "two" }));
    await writer.edit(command, ts, done);
    await writer.activity?.(command, undefined);
    expect(seen(command)).toMatchObject([{ ts, text: "✅ done", edits: 2 }]);
    expect(operations().filter((operation) => /^agents|Stream$/.test(operation))).toEqual([
      "agents.sessions.setStatus",
    ]);
  });

  it.for([
    ["agents.sessions.setStatus", "unknown_method"],
    ["agents.sessions.setStatus", "not_authorized"],
    ["agents.sessions.setStatus", "missing_scope"],
    ["chat.startStream", "unknown_method"],
    ["chat.startStream", "not_allowed"],
    ["chat.startStream", "missing_scope"],
  ] as const)("gets plain messages where %s is refused: %s", async ([operation, error], { expect }) => {
    const command = asked();
    slack.fault(operation, rejects(error));
    const writer = replies();
    const ts = await writer.post(command, working({ stage: "one" }), false);
    await writer.edit(command, ts, working({ stage: "two" }));
    await writer.post({ ...command, id: "slack-Ev2" }, working({ stage: "one" }), false);
    await writer.edit(command, ts, done);
    expect(seen(command).map(({ text }) => text)).toEqual(["✅ done", "⚙️ one"]);
    expect(operations().filter((asking) => asking === operation)).toHaveLength(1);
  });

  it("gets plain messages where Slack says yes and means nothing", async ({ expect }) => {
    const command = asked();
    slack.fault(/agents|Stream/, { status: 200, body: { ok: true }, times: 9 });
    const writer = replies();
    const ts = await writer.post(command, working({ stage: "one" }), false);
    for (const words of ["one", undefined]) await writer.activity?.(command, words);
    expect(seen(command)).toMatchObject([{ ts, text: "⚙️ one" }]);
    expect(operations().filter((operation) => operation.startsWith("agents."))).toHaveLength(1);
  });
});
