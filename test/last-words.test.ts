import { afterAll, beforeAll, describe, it } from "vitest";
import { createAsker, slowScript } from "./discord-asker.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld({ script: slowScript });
});
afterAll(() => world?.close());

const { fix, slash, whispers, bots: inDiscord } = createAsker(() => world);
const said = (ts: string) => world.slack.thread(world.channel, ts).filter(({ author }) => author === "bugbot");
const posts = () => world.slack.requests.filter(({ operation }) => operation === "chat.postMessage").length;

/** Does something at the moment the fix is pushed, when its message has long been there. */
function atPush(deed: () => void): void {
  let isDone = false;
  world.github.fault(({ path }) => {
    if (!isDone && path.endsWith("/git-receive-pack")) {
      isDone = true;
      deed();
    }
    return false;
  }, {});
}

describe("a command whose message somebody deletes while it works", () => {
  it("has one last word in Slack, in a new message", async ({ expect }) => {
    const { body, headers, message } = world.slack.mention(
      "fix https://github.com/acme/shop Apply twice counts twice",
      { channel: world.channel, eventId: "EvDeleted" },
    );
    const deleted: string[] = [];
    atPush(() => {
      for (const { ts } of said(message.ts)) {
        deleted.push(ts);
        world.slack.remove(world.channel, ts);
      }
    });
    await world.post(body, headers);
    expect(await world.settled("EvDeleted")).toMatchObject({ outcome: "succeeded" });
    expect(deleted).toHaveLength(1);
    const before = posts();
    await world.watchdog();
    expect(said(message.ts).map(({ text }) => text)).toEqual([expect.stringMatching(/^✅/)]);
    expect(posts(), "nothing more was said").toBe(before);
  });

  it("has one last word in Discord, in a new message", async ({ expect }) => {
    const { guild, botUserId } = world.discord;
    const all = () => [...guild.channels.values()].flatMap(({ messages }) => messages);
    // A thread begins with a message without words that stands for the one in the channel.
    const bots = () => all().filter(({ authorId, content }) => authorId === botUserId && content !== "");
    const deleted: string[] = [];
    atPush(() => {
      for (const one of bots()) {
        deleted.push(one.id);
        guild.remove(one);
      }
    });
    const { outcome } = await world.ends(() => world.fromDiscord(fix("Apply twice counts twice")));
    expect(outcome).toBe("succeeded");
    expect(deleted).toHaveLength(1);
    await world.watchdog();
    expect(bots().map(({ content }) => content)).toEqual([expect.stringMatching(/^✅/)]);
  });
});

describe("a fix asked for by a slash command in Discord whose Workflow is lost", () => {
  it.for(["is still good", "has expired"])(
    "has its last word in its own message while its token %s",
    async (token, { expect }) => {
      const before = inDiscord().length;
      const asked = fix("case-slow counts twice");
      const { length } = world.anthropic.requests;
      await world.fromDiscord(asked);
      const isAsked = ({ body }: { body: unknown }) => JSON.stringify(body).includes("case-slow");
      await world.until(() => world.anthropic.requests.slice(length).find(isAsked));
      const id = `discord-${asked.interactionId}`;
      await world.killWorkflow(id);
      if (token === "has expired") world.discord.expireInteractions();
      const db = await world.database();
      await db.prepare("UPDATE commands SET started_at = started_at - 120000 WHERE id = ?").bind(id).run();
      await world.watchdog();
      await world.watchdog();
      expect(
        inDiscord()
          .slice(before)
          .map(({ text }) => text),
      ).toEqual([expect.stringMatching(/^❌ Something broke/)]);
    },
  );
});

describe("a last word that Slack refuses because of the bot's token", () => {
  it("is owed, and said once when the token is good again", async ({ expect }) => {
    const refused = { status: 200, body: { ok: false, error: "invalid_auth" }, times: 99 };
    world.slack.fault("chat.postMessage", refused);
    const { body, headers, message } = world.slack.mention("help", { channel: world.channel, eventId: "EvToken" });
    await world.post(body, headers);
    const late = () =>
      world.logs.filter((line) => line.includes("last_word_late") && line.includes("slack-EvToken")).length;
    await world.until(() => (late() > 0 ? true : undefined));
    await world.until(async () =>
      (await (await world.workflow("slack-EvToken"))?.status())?.status === "complete" ? true : undefined,
    );
    await world.watchdog();
    await world.watchdog();
    expect(late(), "the Workflow's attempt and the watchdog's, which waits for a minute then").toBe(2);

    world.slack.mend();
    await world.watchdog();
    expect(said(message.ts)).toEqual([]);
    const db = await world.database();
    await db.prepare("UPDATE commands SET last_word_next_at = 0 WHERE id = 'slack-EvToken'").run();
    await Promise.all([world.watchdog(), world.watchdog()]);
    await world.watchdog();
    expect(said(message.ts).map(({ text }) => text)).toEqual([expect.stringContaining("@bugbot fix")]);
    const row = "SELECT outcome, last_word_at > 0 AS said, last_word_error FROM commands WHERE id = 'slack-EvToken'";
    expect(await db.prepare(row).first()).toEqual({ outcome: "succeeded", said: 1, last_word_error: null });
  });
});

describe("an answer for the asker alone whose Workflow is lost", () => {
  /** Loses the Workflow of what is asked while it says its answer, or as if it had not come so far. */
  async function lose(id: string, when: "before its end" | "at its last word"): Promise<void> {
    await world.until(async () => ((await row(id))?.["outcome"] ? true : undefined));
    await world.killWorkflow(id);
    const unended =
      "UPDATE commands SET outcome = NULL, reply = NULL, ended_by = NULL, started_at = started_at - 120000 WHERE id = ?";
    if (when === "before its end") await (await world.database()).prepare(unended).bind(id).run();
    world.slack.mend();
    world.discord.mend();
  }
  const row = async (id: string) =>
    (await world.database())
      .prepare("SELECT outcome, address, last_word_error FROM commands WHERE id = ?")
      .bind(id)
      .first();
  async function watchThrice(): Promise<void> {
    await Promise.all([world.watchdog(), world.watchdog()]);
    await world.watchdog();
  }
  /** What nobody but bugbot and the platform may read. */
  async function shown(): Promise<string> {
    const letters = await (await world.database()).prepare("SELECT * FROM dead_letters").all();
    return [JSON.stringify(letters.results), ...world.logs].join("\n");
  }

  it.for([
    ["help", "before its end", /^❌ Something broke/],
    ["help", "at its last word", /@bugbot fix/],
    ["status", "before its end", /^❌ Something broke/],
    ["status", "at its last word", /^Nothing was asked/],
  ] as const)("has the one they wait for in Slack: %s, lost %s", async ([text, when, answer], { expect }) => {
    const channel = `C0${text}${when.length}`.toUpperCase();
    world.slack.fault("response_url", { hang: true, times: 9 });
    await world.fromSlack(world.slack.slashCommand(text, { channel }));
    const db = await world.database();
    const id = await world.until(async () => {
      const found = db.prepare("SELECT id FROM commands WHERE conversation_id LIKE ?").bind(`%:${channel}:%`);
      return (await found.first<string>("id")) ?? undefined;
    });
    await lose(id, when);
    await watchThrice();
    expect(world.slack.whispers(channel).map((seen) => seen.text)).toEqual([expect.stringMatching(answer)]);
    expect(world.slack.channel(channel)).toEqual([]);
    expect(await row(id)).toMatchObject({ address: null, last_word_error: null });
    const [url = ""] = [...world.slack.workspace.responseUrls.keys()].slice(-1);
    expect(await shown()).not.toContain(url);
  });

  it.for([
    ["before its end", /^❌ Something broke/],
    ["at its last word", /@bugbot fix/],
  ] as const)("has the one they wait for in Discord: lost %s", async ([when, answer], { expect }) => {
    const everybody = inDiscord().length;
    world.discord.fault("/messages/@original", { hang: true, times: 9 });
    const asked = slash("help");
    const id = `discord-${asked.interactionId}`;
    await world.fromDiscord(asked);
    await lose(id, when);
    const answers = () => whispers("").filter((seen) => answer.test(seen.text)).length;
    const before = answers();
    await watchThrice();
    expect(answers()).toBe(before + 1);
    expect(inDiscord()).toHaveLength(everybody);
    expect(await row(id)).toMatchObject({ address: null, last_word_error: null });
    expect(await shown()).not.toContain(asked.token);
  });

  it("is given up, with the reason, once it cannot be said to them any more", async ({ expect }) => {
    const everybody = inDiscord().length;
    world.discord.fault("/messages/@original", { hang: true, times: 9 });
    const asked = slash("help");
    const id = `discord-${asked.interactionId}`;
    await world.fromDiscord(asked);
    await lose(id, "at its last word");
    world.discord.expireInteractions();
    await watchThrice();
    expect(await row(id)).toMatchObject({ address: null, last_word_error: expect.stringContaining("address_expired") });
    expect(inDiscord()).toHaveLength(everybody);

    world.slack.fault("response_url", { hang: true, times: 9 });
    await world.fromSlack(world.slack.slashCommand("help", { channel: "C0EXPIRED" }));
    const db = await world.database();
    const slackId = await world.until(
      async () =>
        (await db.prepare("SELECT id FROM commands WHERE conversation_id LIKE '%:C0EXPIRED:%'").first<string>("id")) ??
        undefined,
    );
    await lose(slackId, "at its last word");
    for (const url of world.slack.workspace.responseUrls.values()) url.at = 0;
    await watchThrice();
    expect(await row(slackId)).toMatchObject({
      address: null,
      last_word_error: expect.stringContaining("address_expired"),
    });
    expect([...world.slack.whispers("C0EXPIRED"), ...world.slack.channel("C0EXPIRED")]).toEqual([]);
  });
});
