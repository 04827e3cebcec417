import { afterAll, afterEach, beforeAll, describe, it } from "vitest";
import type { Script } from "../local/anthropic.ts";
import { demoScript } from "../local/demo-repository.ts";
import { askSlowFix } from "./slow-fix.ts";
import { createWorld, type World } from "./world.ts";

const report = "https://github.com/acme/shop Apply twice counts twice";
const script: Script = (call) =>
  call.prompt.includes("case-slow") && call.turn === 0
    ? [{ tool: "Bash", input: { command: "sleep 55", description: "Sleep" } }]
    : demoScript(call);

let world: World;
beforeAll(async () => {
  world = await createWorld({ script, agent: true });
});
afterEach(() => world?.slack.mend());
afterAll(() => world?.close());

const pulls = () => world.github.pullRequests(world.repository).length;
const count = (operation: string) => world.slack.requests.filter((request) => request.operation === operation).length;

const bugbotIn = (ts: string) => world.slack.thread(world.channel, ts).filter(({ author }) => author === "bugbot");

describe("where the workspace has bugbot as an agent", () => {
  it("a fix is one stream that becomes one last word, however often its event comes", async ({ expect }) => {
    const before = pulls();
    const started = count("chat.startStream");
    const { outcome, ts } = await world.mention(`fix ${report}`, { eventId: "EvStream" });
    await world.mention(`fix ${report}`, { eventId: "EvStream" });
    await world.mention("help");
    expect(outcome).toBe("succeeded");
    expect(bugbotIn(ts).map(({ text }) => text)).toEqual([expect.stringMatching(/^✅/)]);
    expect(count("chat.startStream")).toBe(started + 1);
    expect(pulls()).toBe(before + 1);
    const grown = world.slack.requests.filter(({ operation }) => operation === "chat.appendStream");
    expect(JSON.stringify(grown.map(({ body }) => body))).toContain("opening a pull request");
    await world.until(() => world.slack.session(world.channel, ts)?.status === "active" || undefined);
    expect(world.slack.session(world.channel, ts)?.title).toBe("fix: Apply twice counts twice");
  });

  it("a stream that breaks at any point is a plain message with the same last word", async ({ expect }) => {
    for (const operation of ["chat.startStream", "chat.appendStream", "chat.stopStream"]) {
      world.slack.fault(operation, { reset: true, afterEffect: true });
      const { outcome, ts } = await world.mention(`fix ${report} ${operation}`);
      expect(outcome).toBe("succeeded");
      expect(bugbotIn(ts).map(({ text }) => text)).toEqual([expect.stringMatching(/^✅/)]);
    }
    world.slack.fault("chat.appendStream", { status: 200, body: { ok: false, error: "stopped_by_user" }, times: 9 });
    const { ts } = await world.mention(`fix ${report} ended`);
    expect(bugbotIn(ts).map(({ text }) => text)).toEqual([expect.stringMatching(/^✅/)]);
  });

  it("Slack's own stop button ends the run, once, with one last word and nothing pushed", async ({ expect }) => {
    const before = pulls();
    const message = await askSlowFix(world, "EvStopped");
    expect(world.slack.session(world.channel, message.ts)?.status).toBe("processing");
    for (let delivery = 0; delivery < 3; delivery++) {
      await world.fromSlack(world.slack.stopSession(message, { eventId: "EvStop" }));
    }
    expect(await world.settled("EvStopped")).toMatchObject({ outcome: "stopped" });
    await world.mention("help");
    const words = bugbotIn(message.ts).map(({ text }) => text);
    expect(words).toEqual([expect.stringMatching(/^Stopped\./)]);
    expect(pulls()).toBe(before);
    await world.until(() => world.slack.session(world.channel, message.ts)?.status === "active" || undefined);
    const db = await world.database();
    const stops = await db.prepare("SELECT count(*) AS number FROM commands WHERE name = 'stop'").first("number");
    expect(stops).toBe(1);
  });

  it("a stop where nothing runs says nothing, and ends what Slack still shows", async ({ expect }) => {
    const { message } = world.slack.mention("what a day", { channel: world.channel });
    await world.ends(() => world.fromSlack(world.slack.stopSession(message)));
    expect(bugbotIn(message.ts)).toEqual([]);
    expect(world.slack.session(world.channel, message.ts)?.status).toBe("active");
  });
});
