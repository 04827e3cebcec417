import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { Script } from "../local/anthropic.ts";
import { createWorld, type World } from "./world.ts";

const writeWorkflow = `fs.mkdirSync(".github"); fs.writeFileSync(".github/ci.yml", "x"); fs.appendFileSync("src/cart.js", "// y")`;

/** What the scripted model does, by a word of the report. */
const scripts: Record<string, Script> = {
  "case-nochange": () => [{ text: "This works as described, I changed nothing." }],
  // Claude Code's own rules stop `Edit` there, so a script writes it.
  "case-outside": ({ turn }) =>
    turn === 0
      ? [{ tool: "Bash", input: { command: `node -e '${writeWorkflow}'`, description: "Write a file" } }]
      : [{ text: "Done." }],
  "case-forever": () => [{ tool: "Bash", input: { command: "echo again", description: "Again" } }],
  "case-broken": () => ({ status: 400, type: "invalid_request_error", message: "the model is unwell" }),
  "case-slow": ({ turn }) =>
    turn === 0 ? [{ tool: "Bash", input: { command: "sleep 55", description: "Sleep" } }] : [{ text: "Awake." }],
};
const script: Script = (call) =>
  scripts[Object.keys(scripts).find((word) => call.prompt.includes(word)) ?? ""]?.(call) ?? [{ text: "?" }];

let world: World;
beforeAll(async () => {
  world = await createWorld({ script, variables: { BUGBOT_MAX_TURNS: "4" } });
});
afterAll(async () => {
  await world?.close();
});

async function left({ github, linear, repository }: World) {
  const branches = await github.branches(repository);
  return {
    branches,
    pulls: github.pullRequests(repository).length,
    linked: linear.workspace.attachments.filter(({ url }) => url.includes("/pull/")).length,
  };
}
const nothing = { branches: ["main"], pulls: 0, linked: 0 };

describe("a fix that does not come about has one honest last word, and leaves no branch", () => {
  it.for<[string, string, string, RegExp, string]>([
    [
      "the agent changes nothing",
      "case-nochange",
      "failed",
      /^❌ No change.*“This works as described, I changed nothing”/,
      ":x:",
    ],
    ["it changes files it may not touch", "case-outside", "failed", /^❌ .*may not touch.*`\.github\/ci\.yml`/, ":x:"],
    ["it runs out of turns", "case-forever", "timed_out", /^⏳ Out of turns \(4\)/, ":hourglass_flowing_sand:"],
    ["the model's API refuses", "case-broken", "failed", /^❌ The agent failed: .*the model is unwell/, ":x:"],
  ])("when %s", async ([, word, outcome, reply, mark], { expect }) => {
    const ended = await world.mention(`fix https://github.com/acme/shop ${word}`);
    expect(ended.outcome).toBe(outcome);
    expect(ended.replies).toHaveLength(1);
    expect(ended.replies[0]?.text).toMatch(reply);
    expect(ended.replies[0]?.text).toMatch(/\$\d\.\d\d · /);
    expect(ended.asked?.reactions).toEqual([mark]);
    expect(await left(world)).toEqual(nothing);
  });

  it.for<[string, Record<string, string>, string, RegExp]>([
    ["money", { BUGBOT_MAX_USD: "0.01" }, "case-forever", /^⏳ Out of budget \(\$0\.01\)/],
    ["time", { BUGBOT_MAX_MINUTES: "0.05" }, "case-slow", /^⏳ Out of time/],
  ])("when it runs out of %s", async ([, variables, word, reply], { expect }) => {
    const poor = await createWorld({ script, variables });
    try {
      const { outcome, replies } = await poor.mention(`fix https://github.com/acme/shop ${word}`);
      expect(outcome).toBe("timed_out");
      expect(replies.map(({ text }) => text)).toEqual([expect.stringMatching(reply)]);
      expect(await left(poor)).toEqual(nothing);
    } finally {
      await poor.close();
    }
  });

  it("when somebody stops it", async ({ expect }) => {
    const { body, headers, message } = world.slack.mention("fix https://github.com/acme/shop case-slow", {
      channel: world.channel,
      eventId: "EvSlow",
    });
    await world.post(body, headers);
    while (!world.anthropic.requests.some(({ body: sent }) => JSON.stringify(sent).includes("case-slow")))
      await wait(20);

    const second = await world.mention("fix https://github.com/acme/shop", { threadTs: message.ts });
    expect(second.replies.at(-1)?.text).toMatch(/already at work in this thread/);

    await world.mention("stop", { threadTs: message.ts });
    expect(await world.settled("EvSlow")).toMatchObject({ outcome: "stopped" });
    const thread = world.slack.thread(world.channel, message.ts);
    expect(thread.filter(({ text }) => text.startsWith("Stopped. Nothing was pushed"))).toHaveLength(1);
    expect(thread.find(({ ts }) => ts === message.ts)?.reactions).toEqual([]);
    expect(await left(world)).toEqual(nothing);
  });
});

describe("a fix whose pull request cannot be linked in Linear", () => {
  it("has succeeded all the same, and says so", async ({ expect }) => {
    const unlucky = await createWorld();
    try {
      unlucky.linear.fault("attachmentCreate", { status: 400, times: 9 });
      const { outcome, replies } = await unlucky.mention("fix https://github.com/acme/shop Apply twice counts twice");
      expect(outcome).toBe("succeeded");
      expect(replies.map(({ text }) => text)).toEqual([expect.stringMatching(/^✅ [\s\S]*It is not linked in Linear/)]);
      expect(unlucky.github.pullRequests(unlucky.repository)).toHaveLength(1);
    } finally {
      await unlucky.close();
    }
  });
});
