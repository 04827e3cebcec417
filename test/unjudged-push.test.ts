import { afterAll, afterEach, beforeAll, describe, it } from "vitest";
import type { Script } from "../local/anthropic.ts";
import { demoScript } from "../local/demo-repository.ts";
import type { Fault, RecordedRequest } from "../local/stand-in.ts";
import { evil, pushing } from "./pushing-agent.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
const script: Script = (call) => {
  if (call.said.includes("case-more")) {
    const input = { command: "echo '// more' >> src/cart.js", description: "Go on" };
    return call.toolResults.length > 0 ? [{ text: "Went on." }] : [{ tool: "Bash", input }];
  }
  // Evidence names earlier pull requests, too: the report alone follows the address.
  const [, name] = /acme\/shop\S* (case-(?:unseen|alone)-\w+)/.exec(call.said) ?? [];
  if (name === undefined || call.said.includes("case-then-fix")) return demoScript(call);
  const number = world.linear.workspace.issues.length;
  return pushing(evil, "", "I changed nothing.", { name, number })(call);
};
beforeAll(async () => {
  world = await createWorld({ script });
});
afterEach(() => world?.github.mend());
afterAll(() => world?.close());

const branchOf = async (name: string) =>
  (await world.github.branches(world.repository)).find((branch) => branch.endsWith(name));
const changeOf = async (branch: string) => world.github.diff(world.repository, "main", branch);
const openPulls = () => world.github.pullRequests(world.repository).filter(({ state }) => state === "open");
const json = { "content-type": "application/json" };
const isOurPush = ({ path, headers }: RecordedRequest) =>
  path.endsWith("/git-receive-pack") && headers["user-agent"] === "git/bugbot";

describe("what an agent pushes by itself, where GitHub's comparison cannot be had", () => {
  it.for<[string, string, Fault]>([
    ["fails", "case-unseen-down", { status: 500, times: 3 }],
    [
      "is over 10 MB",
      "case-unseen-big",
      { status: 200, headers: json, body: JSON.stringify({ padding: "x".repeat(10 * 1024 * 1024) }), times: 3 },
    ],
  ])("is taken back where it %s, and no fix begins with it", async ([, name, fault], { expect }) => {
    world.github.fault("/compare/", fault);
    const { ts, replies } = await world.mention(`fix https://github.com/acme/shop ${name}`);
    expect(replies.map(({ text }) => text)).toEqual([
      expect.stringMatching(new RegExp(`^❌[^]*\`bugbot/[^\`]*${name}\`[^]*is taken back`)),
    ]);
    expect(await branchOf(name)).toBeUndefined();

    world.github.mend();
    const { outcome } = await world.mention("fix case-then-fix", { threadTs: ts });
    expect(outcome).toBe("succeeded");
    expect(await changeOf((await branchOf(name)) ?? "")).toMatch(/^(?![^]*evil\.yml)[^]*src\/cart\.js/);
  });
});

describe("an agent's push that can neither be judged nor taken back", () => {
  it("is named to the person, no run begins on it, and it goes as soon as GitHub is back", async ({ expect }) => {
    const pulls = openPulls().length;
    world.github.fault("/compare/", { status: 500, times: 1000 });
    world.github.fault(isOurPush, { status: 500, times: 1000 });
    const { ts, replies } = await world.mention("fix https://github.com/acme/shop case-unseen-away");
    const branch = (await branchOf("case-unseen-away")) ?? "";
    expect(await changeOf(branch)).toContain("evil.yml");
    expect(replies[0]?.text).toMatch(new RegExp(`^❌[^]*\`${branch}\`[^]*Do not merge it`));
    expect(replies[0]?.buttons).toEqual(["Retry"]);

    const asked = world.anthropic.requests.length;
    const meanwhile = await world.mention("fix case-then-fix", { threadTs: ts });
    expect(meanwhile.outcome).toBe("failed");
    expect(meanwhile.replies.at(-1)?.text).toMatch(new RegExp(`^❌[^]*\`${branch}\`[^]*not checked yet`));
    expect(world.anthropic.requests).toHaveLength(asked);
    expect(openPulls()).toHaveLength(pulls);

    world.github.mend();
    await world.watchdog();
    await world.until(async () => ((await branchOf("case-unseen-away")) === undefined ? true : undefined));
    const { outcome } = await world.mention("fix case-then-fix", { threadTs: ts });
    expect(outcome).toBe("succeeded");
    expect(openPulls()).toHaveLength(pulls + 1);
    expect(await changeOf(branch)).toMatch(/^(?![^]*evil\.yml)[^]*src\/cart\.js/);
  });

  it("is taken back by the watchdog where its Workflow dies before it is judged", async ({ expect }) => {
    const eventId = "EvAlone";
    const { body, headers, message } = world.slack.mention("fix https://github.com/acme/shop case-alone-run", {
      channel: world.channel,
      eventId,
    });
    let isDead: Promise<unknown> | undefined;
    world.github.fault("/compare/", {
      status: 500,
      times: 1000,
      strike: () => (isDead ??= world.killWorkflow(`slack-${eventId}`)),
    });
    await world.post(body, headers);
    await world.until(() => isDead);
    const db = await world.database();
    await db.prepare("UPDATE commands SET started_at = 0 WHERE id = ?").bind(`slack-${eventId}`).run();
    await world.watchdog();
    await world.settled(eventId);
    const word = world.slack.thread(world.channel, message.ts).find(({ author }) => author === "bugbot");
    expect(word?.text).toMatch(/^❌[^]*What was pushed is taken back\./);
    expect(await branchOf("case-alone-run")).toBeUndefined();
  });
});

describe("a branch that holds more than bugbot's own work", () => {
  it("makes its pull request a draft that names what is not bugbot's", async ({ expect }) => {
    const { ts } = await world.mention("fix https://github.com/acme/shop Apply twice counts twice");
    const pull = openPulls().at(-1);
    expect(pull).toMatchObject({ draft: false });
    const files = { ".github/workflows/theirs.yml": "on: push\n" };
    const theirs = await world.github.commit(world.repository, { branch: pull?.head ?? "", files });
    const { replies } = await world.mention("fix case-more", { threadTs: ts });
    const now = world.github.pullRequests(world.repository).find(({ number }) => number === pull?.number);
    expect(now?.draft).toBe(true);
    for (const words of [now?.body, replies.at(-1)?.text]) {
      expect(words).toContain(theirs.slice(0, 7));
      expect(words).toContain("theirs.yml");
    }
  });

  it("gets a pull request of its own where somebody has opened another from it", async ({ expect }) => {
    world.github.fault("POST /repos/acme/shop/pulls", { status: 500, times: 3 });
    const { replies } = await world.mention("fix https://github.com/acme/shop Apply twice counts elsewhere");
    const branch = (await branchOf("apply-twice-counts-elsewhere")) ?? "";
    await world.github.commit(world.repository, { branch: "release", files: { "RELEASE.md": "1\n" } });
    const theirs = await world.github.openPullRequest(world.repository, {
      head: branch,
      base: "release",
      title: "Mine",
    });
    const retry = world.slack.pressButton("Retry", { ts: replies[0]?.ts ?? "" });
    const { outcome } = await world.ends(() => world.fromSlack(retry));
    expect(outcome).toBe("succeeded");
    const from = world.github.pullRequests(world.repository).filter(({ head }) => head === branch);
    expect(from.map(({ base, title }) => [base, title])).toEqual([
      ["release", "Mine"],
      ["main", expect.stringMatching(/^fix: /)],
    ]);
    expect(theirs.body).toBeNull();
  });
});
