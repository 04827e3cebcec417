import { afterAll, beforeAll, beforeEach, describe, it } from "vitest";
import { rateLimited } from "../local/discord.ts";
import { createAsker, slowScript } from "./discord-asker.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld({ script: slowScript });
});
afterAll(() => world?.close());

const { startCount, made, fix, bots, deliverAgain } = createAsker(() => world);
beforeEach(startCount);

describe("a mention that replies to a report", () => {
  it("fixes what that message says, with what is attached named and nobody's words mixed up", async ({ expect }) => {
    const { discord, linear, anthropic } = world;
    discord.guild.messageContent = true;
    const { id: replyTo } = discord.say("Apply twice counts twice, see https://github.com/acme/shop", {
      user: discord.people.bob.id,
      attachments: [{ filename: "cart.png", url: "https://cdn.test/cart.png" }],
    });
    const { id } = discord.say("fix please", { mentionBot: true, replyTo });
    const { outcome } = await world.endOf(`discord-${id}`);
    discord.guild.messageContent = false;
    expect(outcome).toBe("succeeded");
    expect(made()).toEqual({ pulls: 1, issues: 1 });
    const issue = linear.workspace.issues.at(-1);
    expect(issue?.description).toMatch(/^Reported in Discord by Bob Roe:\n\n> Apply twice counts twice/);
    expect(issue?.description).toContain("Said before by Alice Doe:\n\n> please");
    expect(issue?.description).toContain("cart.png [`https://cdn.test/cart.png`](https://cdn.test/cart.png)");
    const prompt = JSON.stringify(anthropic.requests.at(-1)?.body);
    expect(prompt).toContain("Untrusted, chat message by Bob Roe");
    expect(discord.thread(id).filter(({ text }) => text.startsWith("✅"))).toHaveLength(1);
  });
});

describe("an interaction that Discord delivers twice", () => {
  it("is one fix: one issue, one pull request, one last word", async ({ expect }) => {
    const asked = fix("Apply twice counts twice");
    expect((await world.ends(() => world.fromDiscord(asked))).outcome).toBe("succeeded");
    const messages = bots().length;
    const { length } = world.discord.requests;
    await deliverAgain(asked);
    expect(made()).toEqual({ pulls: 1, issues: 1 });
    expect(bots()).toHaveLength(messages);
    const own = world.discord.requests.slice(length).filter(({ path }) => path.includes(asked.token));
    expect(own, "nothing was said again").toEqual([]);
  });
});

describe("a last word that Discord has no room for yet", () => {
  it("is said when it has", async ({ expect }) => {
    let limited = 0;
    const isLastWord = ({ method, body }: { method: string; body: unknown }) =>
      method === "PATCH" && JSON.stringify(body ?? "").includes("✅");
    world.discord.fault(
      (request) => isLastWord(request) && (limited += 1) <= 2,
      rateLimited({ retryAfterSeconds: 0.3 }),
    );
    const { outcome } = await world.ends(() => world.fromDiscord(fix("Apply twice counts twice at last")));
    expect(outcome).toBe("succeeded");
    expect(limited).toBeGreaterThan(0);
    const pull = `/pull/${world.github.pullRequests(world.repository).length}`;
    expect(bots().filter(({ text }) => text.includes(pull))).toHaveLength(1);
  });
});

describe("what completes itself", () => {
  it("offers Linear's open issues by their words", async ({ expect }) => {
    const issue = world.linear.seedIssue({ title: "Kettle leaks tea" });
    const typing = world.discord.autocomplete({
      command: "bugbot",
      subcommand: "fix",
      options: { text: "x", issue: "kettle" },
      focused: "issue",
    });
    const answer = await world.fromDiscord(typing);
    const choice = { name: `${issue.identifier} Kettle leaks tea`, value: issue.identifier };
    expect(await answer.json()).toEqual({ type: 8, data: { choices: [choice] } });
  });

  it("asks Linear once a second at most, however fast somebody types", async ({ expect }) => {
    world.linear.seedIssue({ title: "Umbrella turns inside out" });
    const before = world.linear.requests.length;
    const startedAt = Date.now();
    for (let length = 1; length <= 24; length++) {
      const issue = "umbrella turns inside out".slice(0, length);
      const options = { text: "x", issue };
      const typing = world.discord.autocomplete({ command: "bugbot", subcommand: "fix", options, focused: "issue" });
      expect((await world.fromDiscord(typing)).status).toBe(200);
    }
    const seconds = (Date.now() - startedAt) / 1_000;
    expect(world.linear.requests.length - before).toBeLessThanOrEqual(Math.ceil(seconds) + 1);
  });

  it("offers what it knows when Linear does not answer", async ({ expect }) => {
    for (const operation of ["issues", "teams"]) world.linear.fault(operation, { status: 500, times: 9 });
    const typing = world.discord.autocomplete({
      command: "bm",
      subcommand: "fix",
      options: { issue: "BUG-1" },
      focused: "issue",
    });
    const answer = await world.fromDiscord(typing);
    expect(JSON.stringify(await answer.json())).toContain('{"name":"BUG-1","value":"BUG-1"}');
  });
});
