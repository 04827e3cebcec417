import { afterAll, beforeAll, describe, it } from "vitest";
import { workers } from "../local/build-workers.ts";
import { localAdminKey } from "../shared/local-admin-key.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());

const fixIt = "fix https://github.com/acme/shop Apply twice counts twice";
const lettersSql =
  "SELECT id, command_id, name, conversation_id, attempts, status, error FROM dead_letters WHERE id = ?";

async function letter(id: string) {
  const db = await world.database();
  return world.until(async () => (await db.prepare(lettersSql).bind(id).first()) ?? undefined);
}

describe("a command that died", () => {
  it("has one last word with the reason, its id and Retry, and lies on the dead-letter table", async ({ expect }) => {
    world.github.fault(/\/branches\/main$/, { status: 503, times: 3 });
    const { outcome, replies, ts } = await world.mention(fixIt, { eventId: "EvDead" });
    expect(outcome).toBe("failed");
    expect(replies.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^❌ GitHub has trouble[\s\S]*`slack-EvDead`/),
    ]);
    expect(replies[0]?.buttons).toEqual(["Retry"]);
    expect(await letter("slack-EvDead")).toEqual({
      id: "slack-EvDead",
      command_id: "slack-EvDead",
      name: "fix",
      conversation_id: `slack:T0ACME:${world.channel}:${ts}`,
      attempts: 3,
      status: "dead",
      error: expect.stringContaining("github_unreachable"),
    });
    expect(world.github.pullRequests(world.repository)).toEqual([]);
    await world.watchdog();
    expect(world.slack.thread(world.channel, ts).filter(({ author }) => author === "bugbot")).toHaveLength(1);
  });

  it("is no dead letter when it was refused, or when nothing came of it", async ({ expect }) => {
    await world.mention("fix https://github.com/acme/nowhere it", { eventId: "EvRefused" });
    await world.mention("help", { eventId: "EvHelp" });
    const db = await world.database();
    expect((await db.prepare("SELECT id FROM dead_letters").all()).results).toEqual([{ id: "slack-EvDead" }]);
  });
});

describe("a command that no Workflow could be started for", () => {
  it("is told of in its thread once, and done by Retry", async ({ expect }) => {
    const { message } = world.slack.mention(fixIt, { channel: world.channel });
    const { ts } = message;
    const queue = await world.workers.getQueueProducer("DEAD_LETTERS", workers.consumer.name);
    const command = {
      v: 1,
      id: "slack-EvNotStarted",
      name: "fix",
      text: fixIt.replace("fix ", ""),
      conversation: { platform: "slack", teamId: "T0ACME", channelId: world.channel, threadId: ts, messageId: ts },
      author: { id: "U0ALICE" },
      references: { githubRepoUrl: "https://github.com/acme/shop" },
      receivedAt: Date.now(),
    };
    await world.ends(async () => {
      await queue.send(command);
      await queue.send(command);
    });
    await world.watchdog();
    const said = () => world.slack.thread(world.channel, ts).filter(({ author }) => author === "bugbot");
    expect(said()).toMatchObject([
      { text: expect.stringMatching(/^❌[\s\S]*`slack-EvNotStarted`/), buttons: ["Retry"] },
    ]);
    expect(await letter("slack-EvNotStarted")).toMatchObject({ status: "dead", attempts: 4 });

    const { outcome } = await world.ends(() =>
      world.fromSlack(world.slack.pressButton("Retry", { ts: said()[0]?.ts ?? "" })),
    );
    expect(outcome).toBe("succeeded");
    expect(world.github.pullRequests(world.repository)).toHaveLength(1);
    expect(said().map(({ text }) => text)).toEqual([expect.stringMatching(/^❌/), expect.stringMatching(/^✅/)]);
    expect(await letter("slack-EvNotStarted"), "nobody is asked to replay it").toMatchObject({ status: "replayed" });
    const headers = { authorization: `Bearer ${localAdminKey}` };
    const replay = await fetch(`${world.url}/api/dlq/slack-EvNotStarted/replay`, { method: "POST", headers });
    expect(replay.status, "it was done").toBe(409);
  });
});

describe("a fix whose pull request GitHub opened without saying so", () => {
  it("ends with that pull request when it is asked for again, and with no second one", async ({ expect }) => {
    const before = world.github.pullRequests(world.repository).length;
    let isOpened = false;
    const opens = ({ method, path }: { method: string; path: string }) =>
      method === "POST" && path.endsWith("/repos/acme/shop/pulls");
    world.github.fault((request) => opens(request) && (isOpened = true), { status: 503, afterEffect: true, times: 99 });
    world.github.fault(({ path }) => isOpened && /\/pulls\?/.test(path), { status: 503, times: 99 });
    const first = await world.mention("fix https://github.com/acme/shop The code counts two times", {
      eventId: "EvUntold",
    });
    expect(first.outcome).toBe("failed");
    expect(world.github.pullRequests(world.repository)).toHaveLength(before + 1);
    world.github.mend();
    const said = first.replies.at(-1);
    const again = await world.ends(() => world.fromSlack(world.slack.pressButton("Retry", { ts: said?.ts ?? "" })));
    expect(again.outcome).toBe("succeeded");
    expect(world.github.pullRequests(world.repository)).toHaveLength(before + 1);
  });
});

describe("a message that is no command", () => {
  it("is kept, and nobody is told", async ({ expect }) => {
    const posts = () => world.slack.requests.filter(({ operation }) => operation === "chat.postMessage").length;
    const before = posts();
    const queue = await world.workers.getQueueProducer("DEAD_LETTERS", workers.consumer.name);
    await queue.send({ v: 7, hello: "world" });
    const db = await world.database();
    const kept = await world.until(
      async () =>
        (await db.prepare("SELECT id, body, attempts, error FROM dead_letters WHERE command_id IS NULL").first()) ??
        undefined,
    );
    expect(kept).toMatchObject({
      body: '{"v":7,"hello":"world"}',
      attempts: 4,
      error: expect.stringMatching(/^not a command/),
    });
    expect(posts()).toBe(before);
  });
});

describe("a command whose Workflow is killed", () => {
  it("is ended by the watchdog: one last word, and its thread is free", async ({ expect }) => {
    world.linear.fault("issueCreate", { hang: true, times: 9 });
    const { body, headers, message } = world.slack.mention(fixIt, { channel: world.channel, eventId: "EvKilled" });
    await world.post(body, headers);
    await world.until(() =>
      world.linear.requests.find(({ operation, body: sent }) => operation === "issueCreate" && sent),
    );
    await world.until(() => world.slack.thread(world.channel, message.ts).find(({ author }) => author === "bugbot"));
    const killed = await world.killWorkflow("slack-EvKilled");
    expect(killed).toBe("terminated");
    const db = await world.database();
    await db.prepare("UPDATE commands SET started_at = started_at - 120000 WHERE id = 'slack-EvKilled'").run();

    await Promise.all([world.watchdog(), world.watchdog()]);
    await world.watchdog();
    const said = world.slack.thread(world.channel, message.ts).filter(({ author }) => author === "bugbot");
    expect(said.map(({ text }) => text)).toEqual([expect.stringMatching(/^❌ Something broke[\s\S]*`slack-EvKilled`/)]);
    expect(await letter("slack-EvKilled")).toMatchObject({ status: "dead" });
    expect(await db.prepare("SELECT outcome, ended_by FROM commands WHERE id = 'slack-EvKilled'").first()).toEqual({
      outcome: "failed",
      ended_by: "watchdog",
    });
    expect(
      await db.prepare("SELECT count(*) AS held FROM conversations WHERE running_command_id IS NOT NULL").first(),
    ).toEqual({ held: 0 });
  });
});

describe("a last word that chat does not take", () => {
  it("is said by the watchdog when chat is back, once", async ({ expect }) => {
    // Each attempt is told to come back at once: eight are over in no time.
    world.slack.fault("chat.postMessage", { status: 429, headers: { "retry-after": "0" }, times: 8 });
    const { body, headers, message } = world.slack.mention("help", { channel: world.channel, eventId: "EvLate" });
    await world.post(body, headers);
    await world.until(() =>
      world.logs.find((line) => line.includes("last_word_late") && line.includes("slack-EvLate")),
    );
    const said = () => world.slack.thread(world.channel, message.ts).filter(({ author }) => author === "bugbot");
    expect(said()).toEqual([]);

    await world.until(async () => {
      await world.watchdog();
      return said().length > 0 ? true : undefined;
    });
    await Promise.all([world.watchdog(), world.watchdog()]);
    expect(said().map(({ text }) => text)).toEqual([expect.stringContaining("@bugbot fix")]);
    expect(await world.settled("EvLate")).toMatchObject({ outcome: "succeeded" });
    const db = await world.database();
    expect(
      await db
        .prepare("SELECT outcome, ended_by, last_word_at > 0 AS said FROM commands WHERE id = 'slack-EvLate'")
        .first(),
    ).toEqual({
      outcome: "succeeded",
      ended_by: "workflow",
      said: 1,
    });
    expect(await db.prepare("SELECT 1 FROM dead_letters WHERE id = 'slack-EvLate'").first()).toBeNull();
    const recorded =
      "SELECT deed FROM audit WHERE subject = 'slack-EvLate' UNION ALL SELECT deed FROM audit_unsealed WHERE subject = 'slack-EvLate'";
    const deeds = (await db.prepare(recorded).all<{ deed: string }>()).results.map(({ deed }) => deed);
    expect(deeds.filter((deed) => deed.endsWith(" ended"))).toEqual(["slack-EvLate ended"]);
  });
});
