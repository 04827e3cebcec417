import { afterAll, beforeAll, beforeEach, describe, it } from "vitest";
import type { SignedInteraction } from "../local/discord.ts";
import { createAsker, slowScript } from "./discord-asker.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld({ script: slowScript });
});
afterAll(() => world?.close());

const {
  startCount,
  made,
  slash,
  fix,
  bots,
  labels,
  withButton,
  whispers,
  press,
  repeat,
  letPass,
  deliverAgain,
  timesAsked,
} = createAsker(() => world);
beforeEach(startCount);

/** A fix that is at work until it is stopped, and the message that follows it. */
async function slowFix() {
  const { length } = world.anthropic.requests;
  const running = fix("case-slow counts twice");
  await world.fromDiscord(running);
  const isAsked = ({ body }: { body: unknown }) => JSON.stringify(body).includes("case-slow");
  await world.until(() => world.anthropic.requests.slice(length).find(isAsked));
  const { message, customId } = await world.until(() => withButton("Stop"));
  return { running, message, customId };
}

describe("Stop", () => {
  it.for(["the button", "the slash command"])(
    "by %s ends the run, says so to who asked, and leaves nothing, however often Discord delivers it",
    async (way, { expect }) => {
      const branches = await world.github.branches(world.repository);
      const stops = await timesAsked("stop");
      const whispered = whispers("Stopping.").length;
      const { running, message, customId } = await slowFix();
      const stop = way === "the button" ? world.discord.pressButton(customId, message.id) : slash("stop");
      await world.fromDiscord(stop);
      await repeat(stop);
      await repeat(stop);
      expect(await world.endOf(`discord-${running.interactionId}`)).toMatchObject({ outcome: "stopped" });
      expect(await world.endOf(`discord-${stop.interactionId}`)).toMatchObject({ outcome: "succeeded" });
      await deliverAgain(stop);

      const last = bots().find(({ id }) => id === message.id);
      expect(last?.text).toMatch(/^Stopped\. Nothing was pushed/);
      expect(labels(last ?? message)).toEqual(["Retry"]);
      expect(whispers("Stopping.")).toHaveLength(whispered + 1);
      const everybody = bots().map(({ text }) => text);
      expect(everybody.filter((text) => text.startsWith("Stopping.") || text === "Nothing is running here.")).toEqual(
        [],
      );
      const answers = world.discord.requests.filter(({ path }) => path.includes(stop.token));
      // One that came before Discord knew that an answer would follow was tried again.
      expect([...new Set(answers.map(({ method }) => method))]).toEqual(["PATCH"]);
      expect(await timesAsked("stop")).toBe(stops + 1);
      expect(await world.github.branches(world.repository)).toEqual(branches);
      expect(made().pulls).toBe(0);
    },
  );

  it("answers who pressed it alone, and the run in its own message, though the run's token has expired", async ({
    expect,
  }) => {
    const { running, message, customId } = await slowFix();
    const messages = bots().length;
    world.discord.expireInteractions();
    const later = world.discord.requests.length;
    const whispered = whispers("Stopping.").length;
    await world.fromDiscord(world.discord.pressButton(customId, message.id));
    expect(await world.endOf(`discord-${running.interactionId}`)).toMatchObject({ outcome: "stopped" });
    await letPass();
    expect(whispers("Stopping.")).toHaveLength(whispered + 1);
    expect(bots()).toHaveLength(messages);
    const last = bots().filter(({ text }) => text.startsWith("Stopped."));
    expect(last.find(({ id }) => id === message.id)).toBeDefined();
    const byBot = world.discord.requests.slice(later).filter(({ path }) => path.endsWith(`/messages/${message.id}`));
    expect(byBot.map(({ method }) => method)).toContain("PATCH");
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
