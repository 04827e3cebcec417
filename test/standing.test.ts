import { afterAll, beforeAll, describe, it } from "vitest";
import type { Script } from "../local/anthropic.ts";
import { demoScript } from "../local/demo-repository.ts";
import { createWorld, type World } from "./world.ts";

const bash = (command: string) => [{ tool: "Bash", input: { command, description: "Do it" } }];
const writeWorkflow = `fs.mkdirSync(".github"); fs.writeFileSync(".github/ci.yml", "x"); fs.appendFileSync("src/cart.js", "// y")`;

/** What the model does when it is asked again in a thread that has its fix, by a word of what is said. */
const again: Record<string, Script> = {
  "case-nochange": () => [{ text: "Nothing is left to do here." }],
  "case-forever": () => bash("echo again"),
  "case-outside": ({ toolResults }) =>
    toolResults.join().includes("written") ? [{ text: "Done." }] : bash(`node -e '${writeWorkflow}' && echo written`),
  "case-broken": () => ({ status: 400, type: "invalid_request_error", message: "the model is unwell" }),
  "case-slow": () => bash("sleep 55"),
};
const script: Script = (call) => {
  // The session goes on, so all that was said before is there too.
  const [said = ""] = Object.keys(again).toSorted(
    (one, other) => call.said.lastIndexOf(other) - call.said.lastIndexOf(one),
  );
  return ((call.said.includes(said) && again[said]) || demoScript)(call);
};

let world: World;
beforeAll(async () => {
  world = await createWorld({ script, variables: { BUGBOT_MAX_TURNS: "8" } });
});
afterAll(() => world?.close());

const lastWord = (ts: string) =>
  world.slack.thread(world.channel, ts).findLast(({ author, text }) => author === "bugbot" && text !== "Stopping.");
const pulls = () => world.github.pullRequests(world.repository).map(({ number, state }) => `#${number} ${state}`);
const nothingThere = /[Nn]othing was pushed|no pull request/;

/** Begins something slow in the thread, and waits until its agent is at work. */
async function beginSlowly(threadTs: string, eventId: string): Promise<void> {
  const asked = { channel: world.channel, eventId, threadTs };
  const { body, headers } = world.slack.mention(`fix case-slow ${eventId}`, asked);
  await world.post(body, headers);
  await world.until(() => world.anthropic.requests.find(({ body: sent }) => JSON.stringify(sent).includes(eventId)));
}

describe("a last word in a thread whose pull request stands", () => {
  let ts = "";
  let url = "";
  beforeAll(async () => {
    ({ ts } = await world.mention("fix https://github.com/acme/shop Apply twice counts twice"));
    url = `${world.github.url}/acme/shop/pull/1`;
  });

  it("says that nothing was left to change where that is so, and links it", async ({ expect }) => {
    const { outcome, asked } = await world.mention("fix case-nochange", { threadTs: ts });
    const word = lastWord(ts);
    expect(outcome).toBe("succeeded");
    expect(word?.text).toMatch(/^✅ Nothing was left to change.*#1.* is open[\s\S]*“Nothing is left to do here”/);
    expect(word?.text).toContain(url);
    expect(word?.buttons).not.toContain("Retry");
    expect(word?.text).not.toMatch(nothingThere);
    expect(asked?.reactions).toEqual([":white_check_mark:"]);
  });

  it.for([
    ["runs out of turns", "case-forever", "timed_out", /^⏳ Out of turns/],
    ["would change files that it may not touch", "case-outside", "failed", /^❌ .*may not touch/],
    ["has no model", "case-broken", "failed", /^❌ The agent failed/],
  ] as const)("says that it is open where a run %s", async ([, word, outcome, reply], { expect }) => {
    expect((await world.mention(`fix ${word}`, { threadTs: ts })).outcome).toBe(outcome);
    expect(lastWord(ts)?.text).toMatch(reply);
    expect(lastWord(ts)?.text).toMatch(/#1.* is open/);
    expect(lastWord(ts)?.text).toContain(url);
    expect(lastWord(ts)?.text).not.toMatch(nothingThere);
  });

  it("says that it is open where somebody stops a run", async ({ expect }) => {
    await beginSlowly(ts, "EvStopped");
    await world.mention("stop", { threadTs: ts });
    expect(await world.settled("EvStopped")).toMatchObject({ outcome: "stopped" });
    expect(lastWord(ts)?.text).toMatch(/^Stopped\..*#1.* is open/);
    expect(lastWord(ts)?.text).toContain(url);
    expect(lastWord(ts)?.text).not.toMatch(nothingThere);
  });

  it("says that it is open where a run is lost", async ({ expect }) => {
    await beginSlowly(ts, "EvGone");
    await world.killWorkflow("slack-EvGone");
    const db = await world.database();
    await db.prepare("UPDATE commands SET started_at = started_at - 120000 WHERE id = 'slack-EvGone'").run();
    await world.watchdog();
    await world.settled("EvGone");
    expect(lastWord(ts)?.text).toMatch(/^❌ Something broke[\s\S]*#1.* is open/);
    expect(lastWord(ts)?.text).toContain(url);
    expect(lastWord(ts)?.text).not.toMatch(nothingThere);
  });

  it.for([
    ["closed", "close", "failed", /^❌ No change came out of it\./],
    ["merged", "merge", "succeeded", /^✅ Nothing was left to change\./],
  ] as const)("says that it is %s once it is, and opens no other", async ([state, how, outcome, reply], { expect }) => {
    const fixed = await world.mention(`fix https://github.com/acme/shop Apply twice, to be ${state}, counts twice`);
    const before = pulls();
    await world.github.endPullRequest(world.repository, before.length, how);
    expect((await world.mention("fix case-nochange", { threadTs: fixed.ts })).outcome).toBe(outcome);
    const stands = `#${before.length}.* is ${state}\\.`;
    expect(lastWord(fixed.ts)?.text).toMatch(reply);
    expect(lastWord(fixed.ts)?.text).toMatch(new RegExp(stands));
    expect(lastWord(fixed.ts)?.text).not.toMatch(nothingThere);

    await beginSlowly(fixed.ts, `Ev${how}`);
    await world.mention("stop", { threadTs: fixed.ts });
    await world.settled(`Ev${how}`);
    expect(lastWord(fixed.ts)?.text).toMatch(new RegExp(`^Stopped\\..*${stands}`));
    expect(pulls()).toEqual([...before.slice(0, -1), `#${before.length} closed`]);
  });
});
