import { afterAll, beforeAll, describe, it } from "vitest";
import type { Script } from "../local/anthropic.ts";
import { demoScript } from "../local/demo-repository.ts";
import type { SignedRequest } from "../local/slack/sign.ts";
import { askSlowFix } from "./slow-fix.ts";
import { createWorld, type World } from "./world.ts";

const report = "https://github.com/acme/shop Apply twice counts twice";
let isBroken = false;
const script: Script = (call) => {
  if (call.prompt.includes("case-slow") && call.turn === 0)
    return [{ tool: "Bash", input: { command: "sleep 55", description: "Sleep" } }];
  if (isBroken) return { status: 400, type: "invalid_request_error", message: "the model is unwell" };
  return demoScript(call);
};

let world: World;
beforeAll(async () => {
  world = await createWorld({ script });
});
afterAll(() => world?.close());

const pulls = () => world.github.pullRequests(world.repository).length;
const bugbotIn = (ts: string) => world.slack.thread(world.channel, ts).filter(({ author }) => author === "bugbot");

/** How many commands there are, and how many pull requests. */
async function done() {
  const db = await world.database();
  const commands = await db.prepare("SELECT count(*) AS number FROM commands").first<number>("number");
  return { commands, pulls: pulls() };
}

/** Sends what Slack sends three times when it hears nothing, and waits for what comes of it. */
async function thrice(write: () => SignedRequest): Promise<{ commands: number; pulls: number }> {
  const before = await done();
  await world.ends(async () => {
    for (let delivery = 0; delivery < 3; delivery++) {
      const answer = await world.fromSlack(write());
      if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
    }
  });
  // A later command passes the same queue: once it has ended, the repeated ones had their chance.
  await world.mention("help");
  const after = await done();
  return { commands: Number(after.commands) - Number(before.commands) - 1, pulls: after.pulls - before.pulls };
}

/** A fix that is at work until it is stopped: its thread, and the message that follows it. */
async function slowFix(eventId: string) {
  const message = await askSlowFix(world, eventId);
  const [status] = bugbotIn(message.ts);
  if (!status) throw new Error("no status message");
  return { thread: message.ts, status };
}

describe("Retry", () => {
  it("does it again, to the end, on the same issue", async ({ expect }) => {
    isBroken = true;
    const failed = await world.mention(`fix ${report}`);
    isBroken = false;
    expect(failed.replies.map(({ buttons }) => buttons)).toEqual([["Retry"]]);
    const issues = world.linear.workspace.issues.length;
    const before = pulls();
    const { outcome } = await world.ends(() =>
      world.fromSlack(world.slack.pressButton("Retry", { ts: failed.replies[0]?.ts ?? "" }, { user: "U0BOB" })),
    );
    expect(outcome).toBe("succeeded");
    expect(pulls()).toBe(before + 1);
    expect(world.linear.workspace.issues).toHaveLength(issues);
    expect(bugbotIn(failed.ts).map(({ text }) => text)).toEqual([
      expect.stringMatching(/^❌/),
      expect.stringMatching(/^✅/),
    ]);
  });

  it("pressed once and delivered thrice is one run", async ({ expect }) => {
    isBroken = true;
    const failed = await world.mention(`fix ${report}`);
    isBroken = false;
    const press = { ts: failed.replies[0]?.ts ?? "" };
    expect(await thrice(() => world.slack.pressButton("Retry", press, { triggerId: "1.1.retry" }))).toEqual({
      commands: 1,
      pulls: 1,
    });
    expect(bugbotIn(failed.ts)).toHaveLength(2);
  });
});

describe("Stop", () => {
  it.for([
    ["button", "EvSlowButton", 1],
    ["cross", "EvSlowCross", 0],
  ] as const)(
    "by a %s under the status ends the run, with one last word and nothing pushed, however often it is delivered",
    async ([way, eventId, answers], { expect }) => {
      const { thread, status } = await slowFix(eventId);
      const before = await done();
      expect(status.buttons).toEqual(["Stop"]);
      const pressed =
        way === "button"
          ? world.slack.pressButton("Stop", status, { triggerId: "1.1.stop" })
          : world.slack.react("x", status, { eventId: "EvCross" });
      for (let delivery = 0; delivery < 3; delivery++) await world.fromSlack(pressed);
      expect(await world.settled(eventId)).toMatchObject({ outcome: "stopped" });
      await world.fromSlack(pressed);
      await world.mention("help");
      expect(await done()).toEqual({ commands: Number(before.commands) + 2, pulls: before.pulls });
      const words = bugbotIn(thread);
      expect(words.filter(({ text }) => text.startsWith("Stopped."))).toHaveLength(1);
      expect(words.filter(({ text }) => text.startsWith("Stopping."))).toHaveLength(answers);
      expect(words).toHaveLength(1 + answers);
      expect(words.flatMap(({ buttons }) => buttons)).toEqual(["Retry"]);
      const branches = await world.github.branches(world.repository);
      expect(branches.filter((branch) => branch.includes("case-slow"))).toEqual([]);
    },
  );

  it("is not for others to ask by a cross", async ({ expect }) => {
    const { thread, status } = await slowFix("EvSlowOther");
    await world.ends(() => world.fromSlack(world.slack.react("x", status, { user: "U0BOB" })));
    expect(bugbotIn(thread).map(({ text }) => text)).toEqual([expect.stringMatching(/^⚙️/)]);
    await world.fromSlack(world.slack.react("x", status));
    expect(await world.settled("EvSlowOther")).toMatchObject({ outcome: "stopped" });
  });
});

describe("status", () => {
  it("says of what runs its stage, its age and its cost, in its thread and in the workspace", async ({ expect }) => {
    const { thread, status } = await slowFix("EvSlowStatus");
    const line = /^•\s+fix .*: (?!running)[a-z ]+ · for \d+ min · \$\d+\.\d\d/;
    const here = await world.mention("status", { threadTs: thread });
    expect(here.replies.at(-1)?.text).toMatch(/^📋 Asked of me in this thread/);
    expect(here.replies.at(-1)?.text.split("\n").at(-1)).toMatch(line);
    const elsewhere = await world.mention("status");
    expect(elsewhere.replies.at(-1)?.text).toMatch(/^Nothing was asked of me in this thread/);
    const everywhere = await world.mention("status all");
    expect(
      everywhere.replies
        .at(-1)
        ?.text.split("\n")
        .find((text) => text.startsWith("•")),
    ).toMatch(line);
    await world.fromSlack(world.slack.pressButton("Stop", status));
    await world.settled("EvSlowStatus");
    const after = await world.mention("status", { threadTs: thread });
    expect(after.replies.at(-1)?.text).toMatch(/•\s+fix .*: stopped · \d+ min ago · \$/);
  });
});

describe("Fix it", () => {
  it("under what is known about a bug fixes what its thread is about", async ({ expect }) => {
    const { message } = world.slack.mention(report, { channel: world.channel, user: "U0BOB" });
    const place = world.slack.workspace.addChannel(world.channel, "bugs");
    const button = {
      type: "button",
      action_id: "bugbot:fix:slack-EvCard",
      text: { type: "plain_text", text: "Fix it" },
    };
    const blocks = [{ type: "actions", elements: [button] }];
    const card = world.slack.workspace.post(place, {
      user: "U0BUGBOT",
      botId: "B0BUGBOT",
      text: "What I know",
      threadTs: message.ts,
      blocks,
    });
    expect(await thrice(() => world.slack.pressButton("Fix it", card, { triggerId: "1.1.fix" }))).toEqual({
      commands: 1,
      pulls: 1,
    });
    expect(bugbotIn(message.ts).at(-1)?.text).toMatch(/^✅/);
    expect(world.linear.workspace.issues.at(-1)?.title).toBe("Apply twice counts twice");
  });
});

describe("what Slack delivers again", () => {
  it("is one command for a slash command", async ({ expect }) => {
    const write = () => world.slack.slashCommand(`fix ${report}`, { triggerId: "1.1.slash", channel: "C0SLASH" });
    expect(await thrice(write)).toEqual({ commands: 1, pulls: 1 });
    expect(world.slack.channel("C0SLASH")).toHaveLength(1);
  });

  it("is one command for a shortcut", async ({ expect }) => {
    const { message } = world.slack.mention(report, { user: "U0BOB" });
    const write = () => world.slack.shortcut("fix_with_bugbot", message, { triggerId: "1.1.shortcut" });
    expect(await thrice(write)).toEqual({ commands: 1, pulls: 1 });
    expect(bugbotIn(message.ts)).toHaveLength(1);
  });

  it("is one command for a form", async ({ expect }) => {
    const { ts, replies } = await world.mention("fix Apply twice counts twice once more");
    await world.fromSlack(world.slack.pressButton("Name the repository", { ts: replies[0]?.ts ?? "" }));
    const view = await world.until(() => world.slack.workspace.views.at(-1));
    const block = view.blocks.find(({ element }) => element !== undefined)?.block_id ?? "";
    const write = () => world.slack.submitView(view, { [block]: "acme/shop" }, { triggerId: "1.1.form" });
    expect(await thrice(write)).toEqual({ commands: 1, pulls: 1 });
    expect(bugbotIn(ts).map(({ text }) => text.slice(0, 1))).toEqual(["❌", "✅"]);
  });

  it("is one answer to a question, for the asker alone", async ({ expect }) => {
    const write = () => world.slack.slashCommand("help", { triggerId: "1.1.help", channel: "C0ASK" });
    expect(await thrice(write)).toEqual({ commands: 1, pulls: 0 });
    expect(world.slack.whispers("C0ASK")).toHaveLength(1);
    expect([...world.slack.channel("C0ASK"), ...world.slack.whispers("C0ASK", "U0BOB")]).toEqual([]);
  });
});

describe("what only the asker should see", () => {
  it.for([
    ["help", /@bugbot fix/],
    ["dance", /do not know “dance”/],
    ["stop", /Nothing is running here/],
    ["status", /Nothing was asked/],
  ] as const)("/bugbot %s is answered to nobody else", async ([text, answer], { expect }) => {
    const channel = `C0${text.toUpperCase()}`;
    await world.ends(() => world.fromSlack(world.slack.slashCommand(text, { channel })));
    expect(world.slack.whispers(channel).map((seen) => seen.text)).toEqual([expect.stringMatching(answer)]);
    expect(world.slack.channel(channel)).toEqual([]);
  });

  it("is a workspace's refusal too", async ({ expect }) => {
    const stranger = await createWorld({ variables: { BUGBOT_ALLOWED_WORKSPACES: "T0OTHER" } });
    try {
      await stranger.ends(() =>
        stranger.fromSlack(stranger.slack.slashCommand(`fix ${report}`, { channel: "C0REFUSED" })),
      );
      expect(stranger.slack.whispers("C0REFUSED").map(({ text }) => text)).toEqual([
        expect.stringContaining("may not use bugbot"),
      ]);
      expect(stranger.slack.channel("C0REFUSED")).toEqual([]);
    } finally {
      await stranger.close();
    }
  });
});
