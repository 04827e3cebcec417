import { afterAll, beforeAll, describe, it } from "vitest";
import { demoScript } from "../local/demo-repository.ts";
import { people } from "../local/discord/guild.ts";
import { createAsker } from "./discord-asker.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld({ script: demoScript, variables: { BUGBOT_APPROVAL: "fix" } });
});
afterAll(() => world?.close());

const report = "fix https://github.com/acme/shop Apply *twice* counts twice";
const pulls = (here = world) => here.github.pullRequests(here.repository).length;
const botMessages = (ts: string, here = world) =>
  here.slack.thread(here.channel, ts).filter(({ author }) => author === "bugbot");
const waitingIn = (ts: string, plan?: string, here = world) =>
  here.until(() =>
    botMessages(ts, here).find(({ text, buttons }) => buttons.includes("Approve") && !(plan && text.includes(plan))),
  );
const planOf = (text: string) => /Plan `([0-9a-f]{24})`/.exec(text)?.[1] ?? "none";

/** Alice asks; the message that waits for an answer. */
async function ask(eventId: string, here = world) {
  const { body, headers, message } = here.slack.mention(report, { channel: here.channel, eventId });
  await here.post(body, headers);
  return { ts: message.ts, waiting: await waitingIn(message.ts, undefined, here) };
}

async function press(label: string, ts: string, user: string, here = world) {
  const { outcome } = await here.ends(() => here.fromSlack(here.slack.pressButton(label, { ts }, { user })));
  return outcome;
}

describe("a fix that needs approval", () => {
  it("shows exactly what it would do, and does nothing until somebody else approves", async ({ expect }) => {
    const before = pulls();
    const asked = world.anthropic.requests.length;
    const { ts, waiting } = await ask("EvApprove");
    expect(waiting.text).toMatch(/^⏸️ Waits until somebody else/);
    expect(waiting.text).toContain("/acme/shop|acme/shop>");
    expect(waiting.text).toMatch(/`bugbot\/bug-\d+-[a-z0-9-]+`/);
    expect(waiting.text).toContain("Apply");
    expect(waiting.buttons).toEqual(["Approve", "Decline", "Stop"]);

    expect(await press("Approve", waiting.ts, "U0ALICE")).toBe("refused");
    expect(botMessages(ts).at(-1)?.text).toMatch(/^❌ You asked for this/);
    expect(world.anthropic.requests).toHaveLength(asked);
    expect(pulls()).toBe(before);

    const approval = world.slack.pressButton("Approve", { ts: waiting.ts }, { user: "U0BOB" });
    for (let delivery = 0; delivery < 3; delivery++) await world.fromSlack(approval);
    expect(await world.settled("EvApprove")).toMatchObject({ outcome: "succeeded" });
    expect(pulls()).toBe(before + 1);
    expect(botMessages(ts).filter(({ text }) => text.startsWith("Approved"))).toHaveLength(1);
    expect(botMessages(ts).filter(({ text }) => text.startsWith("✅"))).toHaveLength(1);
    const db = await world.database();
    const approved = await db
      .prepare(
        "SELECT facts FROM audit WHERE action = 'approved' UNION ALL SELECT facts FROM audit_unsealed WHERE action = 'approved'",
      )
      .all<{ facts: string }>();
    expect(approved.results.map(({ facts }) => JSON.parse(facts))).toEqual([
      { by: "U0BOB", plan: planOf(waiting.text) },
    ]);
  });

  it("is not done when somebody declines", async ({ expect }) => {
    const before = { pulls: pulls(), asked: world.anthropic.requests.length };
    const { ts, waiting } = await ask("EvDecline");
    const late = world.slack.pressButton("Approve", { ts: waiting.ts }, { user: "U0CAROL" });
    const declined = world.slack.pressButton("Decline", { ts: waiting.ts }, { user: "U0BOB" });
    for (let delivery = 0; delivery < 3; delivery++) await world.fromSlack(declined);
    expect(await world.settled("EvDecline")).toMatchObject({ outcome: "refused" });
    await world.mention("help");
    expect(botMessages(ts).filter(({ text }) => text.startsWith("Declined"))).toHaveLength(1);
    expect(botMessages(ts)[0]).toMatchObject({ text: expect.stringMatching(/^❌ It was declined/), buttons: [] });
    await world.ends(() => world.fromSlack(late));
    expect(botMessages(ts).at(-1)?.text).toMatch(/^❌ There is nothing to approve/);
    expect({ pulls: pulls(), asked: world.anthropic.requests.length }).toEqual(before);
  });

  it("is another plan once words are added: the old buttons count for nothing, nor do those who added", async ({
    expect,
  }) => {
    const before = pulls();
    const { ts, waiting } = await ask("EvChange");
    const plan = planOf(waiting.text);
    const stale = world.slack.pressButton("Approve", { ts: waiting.ts }, { user: "U0CAROL" });
    const added = await world.mention("and delete the tests", { threadTs: ts, user: "U0BOB" });
    expect(added.replies.at(-1)?.text).toMatch(/^💬 Added to the plan/);
    const changed = await waitingIn(ts, plan);
    expect(changed.text).toContain("and delete the tests");

    await world.ends(() => world.fromSlack(stale));
    expect(botMessages(ts).at(-1)?.text).toMatch(/^❌ The plan has changed/);
    expect(await press("Approve", changed.ts, "U0BOB")).toBe("refused");
    expect(pulls()).toBe(before);

    await world.fromSlack(world.slack.pressButton("Approve", { ts: changed.ts }, { user: "U0CAROL" }));
    expect(await world.settled("EvChange")).toMatchObject({ outcome: "succeeded" });
    expect(pulls()).toBe(before + 1);
    expect(JSON.stringify(world.anthropic.requests.at(-1)?.body)).toContain("and delete the tests");
  });

  it("can be stopped while it waits", async ({ expect }) => {
    const before = { pulls: pulls(), asked: world.anthropic.requests.length };
    const { ts, waiting } = await ask("EvStopWaiting");
    await world.fromSlack(world.slack.pressButton("Stop", { ts: waiting.ts }, { user: "U0ALICE" }));
    expect(await world.settled("EvStopWaiting")).toMatchObject({ outcome: "stopped" });
    expect(botMessages(ts)[0]?.text).toMatch(/^Stopped/);
    expect({ pulls: pulls(), asked: world.anthropic.requests.length }).toEqual(before);
  });
});

describe("where approvers are named", () => {
  it("counts nobody else's approval, in Discord too", async ({ expect }) => {
    const { alice, bob } = people;
    const strict = await createWorld({
      script: demoScript,
      variables: { BUGBOT_APPROVAL: "fix", BUGBOT_APPROVERS: `U0CAROL,${bob.id}` },
    });
    try {
      const { ts, waiting } = await ask("EvStrict", strict);
      expect(await press("Approve", waiting.ts, "U0BOB", strict)).toBe("refused");
      expect(botMessages(ts, strict).at(-1)?.text).toMatch(/^❌ You are not one of those/);

      const asked = strict.discord.slash({
        command: "bugbot",
        subcommand: "fix",
        options: { text: "Apply twice counts twice", repo: "acme/shop" },
      });
      await strict.fromDiscord(asked);
      const find = () => {
        for (const message of strict.discord.messages(strict.discord.channelId))
          for (const { label, customId } of message.buttons)
            if (label === "Approve" && customId !== undefined) return { message, customId };
        return undefined;
      };
      const { message, customId } = await strict.until(find);
      const pressAs = (as: string) => strict.discord.pressButton(customId, message.id, { user: as });
      const own = pressAs(alice.id);
      await strict.fromDiscord(own);
      expect(await strict.endOf(`discord-${own.interactionId}`)).toMatchObject({ outcome: "refused" });
      expect(
        strict.discord
          .messages(strict.discord.channelId, { as: alice.id })
          .filter(({ text }) => text.startsWith("❌ You asked for this")),
      ).toHaveLength(1);
      expect(pulls(strict)).toBe(0);

      const approval = pressAs(bob.id);
      await strict.fromDiscord(approval);
      const { repeat, deliverAgain, timesAsked } = createAsker(() => strict);
      await repeat(approval);
      expect(await strict.endOf(`discord-${asked.interactionId}`)).toMatchObject({ outcome: "succeeded" });
      await deliverAgain(approval);
      expect(pulls(strict)).toBe(1);
      expect(await timesAsked("approve"), "alice's, bob's and the one in Slack").toBe(3);
      expect(
        strict.discord
          .messages(strict.discord.channelId, { as: bob.id })
          .filter(({ text }) => text.startsWith("Approved")),
      ).toHaveLength(1);
    } finally {
      await strict.close();
    }
  });
});
