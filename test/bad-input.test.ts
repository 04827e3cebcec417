import { afterAll, beforeAll, describe, it } from "vitest";
import { createWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld({ variables: { BUGBOT_ALLOWED_REPOS: "acme/*", BUGBOT_ALLOWED_WORKSPACES: "T0ACME" } });
  await world.github.seedRepository("acme/empty", { empty: true });
  await world.github.seedRepository("other/shop", { files: { "src/a.js": "1\n" } });
});
afterAll(() => world?.close());

/** Nothing was made outside: no issue, no branch, no pull request, no question to the model. */
async function made() {
  return {
    issues: world.linear.workspace.issues.length,
    branches: (await world.github.branches(world.repository)).filter((branch) => branch !== "main"),
    pulls: world.github.pullRequests(world.repository).length,
    asked: world.anthropic.requests.length,
  };
}
const nothing = { issues: 0, branches: [], pulls: 0, asked: 0 };

describe("a command that cannot be carried out gets one reply that says what to do", () => {
  it.for<[string, string, RegExp]>([
    [
      "names no repository",
      "fix the total is wrong",
      /Which repository.*@bugbot fix https:\/\/github\.com\/owner\/name/,
    ],
    [
      "names several",
      "fix https://github.com/acme/shop or https://github.com/acme/web",
      /acme\/shop and acme\/web.*Name one/,
    ],
    [
      "names one that is not allowed",
      "fix https://github.com/other/shop it breaks",
      /may not touch other\/shop.*BUGBOT_ALLOWED_REPOS/,
    ],
    ["names one that does not exist", "fix https://github.com/acme/nowhere it breaks", /cannot find acme\/nowhere/],
    ["names an empty one", "fix https://github.com/acme/empty it breaks", /acme\/empty has no commit/],
    ["names an issue that does not exist", "fix https://github.com/acme/shop BUG-999", /cannot find BUG-999/],
    ["says nothing about the bug", "fix https://github.com/acme/shop", /What goes wrong\?/],
    ["asks for evidence of nothing", "contextualize", /What goes wrong\?.*@bugbot contextualize/],
  ])("that %s", async ([, text, reply], { expect }) => {
    const { outcome, replies, asked } = await world.mention(text);
    expect(outcome).toBe("refused");
    expect(replies).toHaveLength(1);
    expect(replies[0]?.text.replaceAll("&lt;", "<").replaceAll("&gt;", ">")).toMatch(reply);
    expect(replies[0]?.text).toMatch(/^❌/);
    expect(asked?.reactions).toEqual([":x:"]);
    expect(await made()).toEqual(nothing);
  });

  it.for([
    ["an unknown command", "dance", /do not know “dance”/],
    ["no command", "", /@bugbot fix/],
    ["help", "help", /@bugbot fix/],
    ["stop, when nothing runs", "stop", /Nothing is running/],
    ["status, when nothing was asked", "status", /Nothing was asked/],
  ] as const)("%s gets one short answer and no mark", async ([, text, reply], { expect }) => {
    const { outcome, replies, asked } = await world.mention(text);
    expect(outcome).toBe("succeeded");
    expect(replies).toHaveLength(1);
    expect(replies[0]?.text).toMatch(reply);
    expect(asked?.reactions).toEqual([]);
    expect(await made()).toEqual(nothing);
  });

  it("takes UTF-8 for an encoding, not an issue", async ({ expect }) => {
    const { replies } = await world.mention("fix https://github.com/acme/empty names with UTF-8 break");
    expect(replies[0]?.text).toMatch(/no commit/);
  });

  it("is recorded as refused", async ({ expect }) => {
    const db = await world.database();
    const { results } = await db
      .prepare("SELECT outcome, count(*) AS number FROM commands WHERE name = 'fix' GROUP BY outcome")
      .all();
    expect(results).toEqual([{ outcome: "refused", number: 8 }]);
  });
});

describe("a workspace that is not allowed", () => {
  it("is told so, and nothing is done", async ({ expect }) => {
    const stranger = await createWorld({ variables: { BUGBOT_ALLOWED_WORKSPACES: "T0OTHER" } });
    try {
      const { outcome, replies } = await stranger.mention("fix https://github.com/acme/shop it breaks");
      expect(outcome).toBe("refused");
      expect(replies.map(({ text }) => text)).toEqual([expect.stringContaining("T0ACME) may not use bugbot")]);
      expect(stranger.github.requests).toEqual([]);
    } finally {
      await stranger.close();
    }
  });
});

describe("an event at the real gateway", () => {
  it("without a valid signature is refused and leaves no trace", async ({ expect }) => {
    const { body, headers } = world.slack.mention("fix https://github.com/acme/shop it breaks", {
      eventId: "EvForged",
    });
    const before = world.slack.requests.length;
    expect((await world.post(body, { ...headers, "x-slack-signature": `v0=${"0".repeat(64)}` })).status).toBe(401);
    expect((await world.post(body, {})).status).toBe(401);
    expect((await world.post(body, world.slack.sign(body, Math.floor(Date.now() / 1000) - 400))).status).toBe(401);
    await world.mention("help");
    const db = await world.database();
    expect(await db.prepare("SELECT count(*) AS number FROM commands WHERE id = 'slack-EvForged'").first()).toEqual({
      number: 0,
    });
    expect(world.slack.requests.slice(before).some(({ body: sent }) => JSON.stringify(sent).includes("nothing"))).toBe(
      false,
    );
  });

  it("over 1 MB is refused", async ({ expect }) => {
    const body = JSON.stringify({ filler: "x".repeat(1024 * 1024) });
    expect((await world.post(body, world.slack.sign(body))).status).toBe(413);
  });

  it("reports its health and names no secret", async ({ expect }) => {
    const response = await fetch(`${world.url}/health`);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({
      status: "healthy",
      components: { slack: { state: "on" }, github: { state: "on" } },
    });
    expect(text).not.toContain('token":');
  });
});
