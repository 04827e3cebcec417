import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { Script } from "../local/anthropic.ts";
import { demoScript } from "../local/demo-repository.ts";
import { evil, pushing } from "./pushing-agent.ts";
import { createWorld, type World } from "./world.ts";

const scripts: Record<string, Script> = {
  "case-own-push": pushing(evil, "", "I changed nothing."),
  "case-force": pushing(
    "git checkout -q --orphan rewritten; git rm -qf src/human.js; echo x > src/forced.js",
    "-f",
    "Nothing to do.",
  ),
  "case-link": pushing("ln -s ../.github/workflows src/link", "", "I changed nothing.", {
    who: "bugbot",
    number: 2,
    name: "case-link",
  }),
  "case-forged": pushing("echo x > src/forged.js", "", "I changed nothing.", { number: 3, name: "case-forged" }),
  "case-nothing": () => [{ text: "Nothing to do." }],
};
const script: Script = (call) =>
  (scripts[Object.keys(scripts).find((word) => call.said.includes(word)) ?? ""] ?? demoScript)(call);

let world: World;
beforeAll(async () => {
  world = await createWorld({ script });
});
afterAll(() => world?.close());

const bugbotBranches = async () =>
  (await world.github.branches(world.repository)).filter((branch) => branch.startsWith("bugbot/"));

describe("an agent that pushes by itself", () => {
  it("leaves no branch with a forbidden file, whatever it says at the end", async ({ expect }) => {
    const { replies } = await world.mention("fix https://github.com/acme/shop case-own-push");
    expect(world.github.requests.some(({ path }) => path.endsWith("/git-receive-pack"))).toBe(true);
    expect(replies.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^❌ What was pushed is taken back.*evil\.yml/),
    ]);
    expect(await bugbotBranches()).toEqual([]);
    expect(world.github.pullRequests(world.repository)).toEqual([]);
  });
});

describe("an agent that pushes what only GitHub's trees and commits show", () => {
  it.for([
    ["case-link", "src/link"],
    ["case-forged", "not one commit of mine"],
  ])("leaves nothing of it: %s", async ([name = "", reason = ""], { expect }) => {
    const { replies } = await world.mention(`fix https://github.com/acme/shop ${name}`);
    expect(replies[0]?.text).toMatch(/^❌ What was pushed is taken back/);
    expect(replies[0]?.text).toContain(reason);
    expect((await bugbotBranches()).filter((branch) => branch.includes(name))).toEqual([]);
    expect(world.github.pullRequests(world.repository)).toEqual([]);
  });
});

describe("a branch that a person has pushed to", () => {
  it("keeps the person's work when the agent forces a push", async ({ expect }) => {
    const { ts } = await world.mention("fix https://github.com/acme/shop Apply twice counts twice");
    const [branch = ""] = await bugbotBranches();
    const theirs = await world.github.commit(world.repository, {
      branch,
      files: { "src/human.js": "export const y = 2;\n" },
    });
    await world.mention("fix case-force", { threadTs: ts });
    expect(await world.github.file(world.repository, branch, "src/human.js")).toContain("y = 2");
    expect(world.github.pullRequests(world.repository).at(-1)?.headSha).toBe(theirs);
    expect(await world.github.file(world.repository, branch, "src/forced.js")).toBeUndefined();
  });
});

describe("a fix that was pushed, but not proposed", () => {
  it("is proposed by the next try", async ({ expect }) => {
    const pulls = world.github.pullRequests(world.repository).length;
    world.github.fault("POST /repos/acme/shop/pulls", { status: 500, times: 3 });
    const first = await world.mention("fix https://github.com/acme/shop Apply twice counts double");
    expect(first.outcome).toBe("failed");
    expect(first.replies[0]?.text).toMatch(/GitHub has trouble.*is pushed to/);
    expect(first.replies[0]?.buttons).toEqual(["Retry"]);
    const { ts } = first;

    const status = first.replies[0];
    const { outcome } = await world.ends(() =>
      world.fromSlack(world.slack.pressButton("Retry", { ts: status?.ts ?? "" })),
    );
    expect(outcome).toBe("succeeded");
    expect(world.github.pullRequests(world.repository)).toHaveLength(pulls + 1);
    expect(world.slack.thread(world.channel, ts).at(-1)?.text).toMatch(/^✅/);
  });

  it("is proposed at once when only the answer to the push was lost", async ({ expect }) => {
    const pulls = world.github.pullRequests(world.repository).length;
    world.github.fault(/POST .*git-receive-pack$/, { status: 503, afterEffect: true });
    const { outcome } = await world.mention("fix https://github.com/acme/shop Apply twice counts more than once");
    expect(outcome).toBe("succeeded");
    expect(world.github.pullRequests(world.repository)).toHaveLength(pulls + 1);
  });
});

describe("a stop that comes before the agent has started", () => {
  it("is kept: nothing is pushed", async ({ expect }) => {
    const pulls = world.github.pullRequests(world.repository).length;
    world.linear.fault("issueCreate", { status: 500, times: 2 });
    const { body, headers, message } = world.slack.mention("fix https://github.com/acme/shop Apply twice is odd", {
      channel: world.channel,
      eventId: "EvEarly",
    });
    await world.post(body, headers);
    while (
      !world.linear.requests.some(({ operation, at }) => operation === "issueCreate" && at > Number(message.ts) * 1000)
    )
      await wait(20);
    await world.mention("stop", { threadTs: message.ts });
    expect(await world.settled("EvEarly")).toMatchObject({ outcome: "stopped" });
    expect(world.github.pullRequests(world.repository)).toHaveLength(pulls);
  });
});

describe("an effect whose answer is lost", () => {
  it.for<[string, (here: World) => void]>([
    ["the status message", ({ slack }) => slack.fault("chat.postMessage", { status: 503, afterEffect: true })],
    ["the issue", ({ linear }) => linear.fault("issueCreate", { status: 500, afterEffect: true })],
    [
      "the pull request",
      ({ github }) => github.fault("POST /repos/acme/shop/pulls", { status: 502, afterEffect: true }),
    ],
    ["the link in Linear", ({ linear }) => linear.fault("attachmentCreate", { reset: true, afterEffect: true })],
    [
      "the last word",
      ({ slack }) =>
        slack.fault(({ operation, body }) => operation === "chat.update" && JSON.stringify(body).includes("✅"), {
          status: 500,
          afterEffect: true,
        }),
    ],
  ])("is done once all the same: %s", async ([what, fail], { expect }) => {
    const issues = world.linear.workspace.issues.length;
    const pulls = world.github.pullRequests(world.repository).length;
    const links = () => world.linear.workspace.attachments.filter(({ url }) => url.includes("/pull/")).length;
    const linked = links();
    fail(world);
    const { outcome, replies } = await world.mention(`fix https://github.com/acme/shop Apply twice, ${what} is lost`);
    expect(outcome).toBe("succeeded");
    expect(replies).toHaveLength(1);
    expect(world.linear.workspace.issues).toHaveLength(issues + 1);
    expect(world.github.pullRequests(world.repository)).toHaveLength(pulls + 1);
    expect(links()).toBe(linked + 1);
  });
});
