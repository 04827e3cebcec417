import { afterAll, beforeAll, beforeEach, describe, it } from "vitest";
import type { Script } from "../local/anthropic.ts";
import { demoScript } from "../local/demo-repository.ts";
import { rateLimited, type SignedInteraction } from "../local/discord.ts";
import { createWorld, type World } from "./world.ts";

const script: Script = (call) => {
  if (!call.prompt.includes("case-slow")) return demoScript(call);
  const command = "sleep 55";
  return call.turn === 0 ? [{ tool: "Bash", input: { command, description: "Sleep" } }] : [{ text: "Awake." }];
};

let world: World;
beforeAll(async () => {
  world = await createWorld({ script });
});
afterAll(() => world?.close());

/** How much there was before a test. */
let before: { pulls: number; issues: number };
beforeEach(() => {
  before = count();
});
function count() {
  const { github, linear, repository } = world;
  return { pulls: github.pullRequests(repository).length, issues: linear.workspace.issues.length };
}
function made() {
  const { pulls, issues } = count();
  return { pulls: pulls - before.pulls, issues: issues - before.issues };
}

const fix = (text: string) =>
  world.discord.slash({ command: "bugbot", subcommand: "fix", options: { text, repo: "acme/shop" } });
const bots = () =>
  [...world.discord.guild.channels.values()]
    .flatMap(({ id }) => world.discord.messages(id))
    .filter(({ author }) => author === "bugbot");
const labels = ({ buttons }: ReturnType<typeof bots>[number]) => buttons.map(({ label }) => label);
/** The newest message with such a button, and the button's id. */
function withButton(label: string) {
  const message = bots().findLast((seen) => labels(seen).includes(label));
  const customId = message?.buttons.find((button) => button.label === label)?.customId;
  return message && customId !== undefined ? { message, customId } : undefined;
}
async function press(label: string): Promise<SignedInteraction> {
  const { message, customId } = await world.until(() => withButton(label));
  const pressed = world.discord.pressButton(customId, message.id);
  await world.fromDiscord(pressed);
  return pressed;
}

/** Discord delivers an interaction once more, signed anew. */
async function deliverAgain({ body }: SignedInteraction): Promise<void> {
  const headers = world.discord.sign(body);
  const answer = await fetch(`${world.url}/discord/interactions`, { method: "POST", body, headers });
  if (answer.status !== 200) throw new Error(`the gateway answered ${answer.status}`);
  // A later command passes the same queue: once it has ended, the repeated one had its chance.
  await world.ends(() => world.fromDiscord(world.discord.slash({ command: "bugbot", subcommand: "help" })));
}

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
    expect(issue?.description).toContain("cart.png https://cdn.test/cart.png");
    const prompt = JSON.stringify(anthropic.requests.at(-1)?.body);
    expect(prompt).toContain("Untrusted, chat message by Bob Roe");
    expect(discord.thread(id).filter(({ text }) => text.startsWith("✅"))).toHaveLength(1);
  });
});

describe("Stop", () => {
  it("ends the run, says so to whoever pressed it, and leaves nothing", async ({ expect }) => {
    const branches = await world.github.branches(world.repository);
    const asked = fix("case-slow counts twice");
    await world.fromDiscord(asked);
    await world.until(() => world.anthropic.requests.find(({ body }) => JSON.stringify(body).includes("case-slow")));
    const stop = await world.until(() => withButton("Stop"));
    const { alice } = world.discord.people;
    const pressed = world.discord.pressButton(stop.customId, stop.message.id);
    await world.fromDiscord(pressed);
    expect(await world.endOf(`discord-${asked.interactionId}`)).toMatchObject({ outcome: "stopped" });
    expect(await world.endOf(`discord-${pressed.interactionId}`)).toMatchObject({ outcome: "succeeded" });

    const last = bots().find(({ id }) => id === stop.message.id);
    expect(last?.text).toMatch(/^Stopped\. Nothing was pushed/);
    expect(labels(last ?? stop.message)).toEqual(["Retry"]);
    const whispered = world.discord
      .messages(world.discord.channelId, { as: alice.id })
      .filter(({ text }) => text === "Stopping.");
    expect(whispered).toHaveLength(1);
    expect(
      bots().filter(({ text }) => text === "Stopping."),
      "for everyone",
    ).toEqual([]);
    expect(await world.github.branches(world.repository)).toEqual(branches);
    expect(made().pulls).toBe(0);
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

describe("Retry", () => {
  it("goes on with the same issue, in the same thread, however often the press is delivered", async ({ expect }) => {
    const unwell = ({ method, path }: { method: string; path: string }) => method === "POST" && path.endsWith("/pulls");
    world.github.fault(unwell, { status: 502, times: 3 });
    const failed = await world.ends(() => world.fromDiscord(fix("Apply twice counts twice, once more")));
    expect(failed.outcome).toBe("failed");
    expect(made()).toEqual({ pulls: 0, issues: 1 });

    let pressed: SignedInteraction | undefined;
    const retried = await world.ends(async () => {
      pressed = await press("Retry");
    });
    expect(retried.outcome).toBe("succeeded");
    if (pressed) await deliverAgain(pressed);
    expect(made()).toEqual({ pulls: 1, issues: 1 });
  });
});

describe("Name the repository", () => {
  it("asks in a form, and goes on with what is named there, once", async ({ expect }) => {
    const asked = world.discord.slash({
      command: "bugbot",
      subcommand: "fix",
      options: { text: "Apply twice counts twice anew" },
    });
    expect((await world.ends(() => world.fromDiscord(asked))).outcome).toBe("refused");
    expect(made()).toEqual({ pulls: 0, issues: 0 });
    const { customId } = await world.until(() => withButton("Name the repository"));
    await press("Name the repository");

    const wrong = world.discord.submitModal(customId, { repository: "not a repository" });
    expect(await (await world.fromDiscord(wrong)).json()).toMatchObject({ type: 4, data: { flags: 64 } });

    const submitted = world.discord.submitModal(customId, { repository: "acme/shop" });
    expect((await world.ends(() => world.fromDiscord(submitted))).outcome).toBe("succeeded");
    await deliverAgain(submitted);
    expect(made()).toEqual({ pulls: 1, issues: 1 });
  });
});

describe("Fix it", () => {
  it("under a card of evidence works on the card's issue, in its thread", async ({ expect }) => {
    const asked = world.discord.slash({
      command: "bugbot",
      subcommand: "contextualize",
      options: { text: "A code counts twice", repo: "acme/shop" },
    });
    expect((await world.ends(() => world.fromDiscord(asked))).outcome).toBe("succeeded");
    expect(made()).toEqual({ pulls: 0, issues: 1 });
    const card = withButton("Fix it")?.message;
    const { identifier } = world.linear.workspace.issues.at(-1) ?? {};
    expect(card?.text).toMatch(new RegExp(`^✅ \\*\\*\\[${identifier}\\]`));

    let pressed: SignedInteraction | undefined;
    const { outcome } = await world.ends(async () => {
      pressed = await press("Fix it");
    });
    expect(outcome).toBe("succeeded");
    if (pressed) await deliverAgain(pressed);
    expect(made()).toEqual({ pulls: 1, issues: 1 });
    expect(world.github.pullRequests(world.repository).at(-1)?.title).toContain(`(${identifier})`);
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
    const pull = `/pull/${count().pulls}`;
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

  it("offers what it knows when Linear does not answer", async ({ expect }) => {
    world.linear.fault("issues", { status: 500, times: 9 });
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
