import { afterAll, afterEach, beforeAll, describe, it } from "vitest";
import type { Script } from "../local/anthropic.ts";
import { demoScript } from "../local/demo-repository.ts";
import type { Fault, RecordedRequest } from "../local/stand-in.ts";
import { evil, pushing } from "./pushing-agent.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
const script: Script = (call) => {
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
