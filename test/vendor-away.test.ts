import { afterAll, beforeAll, describe, it } from "vitest";
import { look } from "./chaos/look.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld({ variables: { BUGBOT_PATIENCE_SECONDS: "10", BUGBOT_REPO: "acme/shop" } });
});
afterAll(() => world?.close());

const report = "https://github.com/acme/shop Pressing Apply twice takes the code off.";
const away = { status: 503, times: 1000 };

/** Asks, and gives what bugbot says in the thread. */
async function ask(command: "contextualize" | "fix", eventId: string) {
  const { body, headers, message } = world.slack.mention(`${command} ${report}`, { channel: world.channel, eventId });
  await world.post(body, headers);
  const said = () => world.slack.thread(world.channel, message.ts).filter(({ author }) => author === "bugbot");
  const hasFailed = () =>
    world.until(() => world.logs.find((line) => line.includes("effect_failed") && line.includes(eventId)));
  return { ts: message.ts, said, hasFailed };
}

describe("a fix whose tracker is away", () => {
  it("begins all the same, and files and links the issue before it opens the pull request", async ({ expect }) => {
    const before = await look(world);
    world.linear.fault(/./, away);
    const { said } = await ask("fix", "EvBackInTime");
    await world.until(() => world.github.requests.find(({ path }) => path.endsWith("/git-receive-pack")));
    world.linear.mend();
    expect(await world.settled("EvBackInTime")).toMatchObject({ outcome: "succeeded" });

    const after = await look(world);
    expect(after.issues).toHaveLength(before.issues.length + 1);
    expect(after.pulls).toHaveLength(before.pulls.length + 1);
    expect(after.links).toHaveLength(before.links.length + 1);
    const issue = world.linear.workspace.issues.at(-1)?.identifier ?? "?";
    const pull = world.github.pullRequests(world.repository).find(({ number }) => !before.pulls.includes(number));
    expect(pull?.title).toContain(`(${issue})`);
    expect(pull?.body).toContain(issue);
    expect(said().map(({ text }) => text)).toEqual([expect.stringMatching(new RegExp(`^✅[^]*${issue}`))]);
    expect(said()[0]?.text).not.toMatch(/Linear/);
  });

  it("opens its pull request without an issue, says so, and links it when Linear is back", async ({ expect }) => {
    const before = await look(world);
    world.linear.fault(/./, away);
    const { ts, said } = await ask("fix", "EvBackLater");
    expect(await world.settled("EvBackLater")).toMatchObject({ outcome: "succeeded" });
    expect(said()).toHaveLength(1);
    expect(said()[0]?.text).toMatch(/^✅[^]*Linear has trouble \(HTTP 503\)\. I link the issue when it is back\./);
    expect((await look(world)).issues).toEqual(before.issues);

    world.linear.mend();
    const word = await world.until(() => said().find(({ text }) => text.includes("The issue is")));
    const issue = world.linear.workspace.issues.at(-1)?.identifier ?? "?";
    expect(word.text).toMatch(new RegExp(`^✅[^]*The issue is [^]*${issue}`));
    expect(word.text).not.toContain("when it is back");
    expect(said()).toHaveLength(1);
    const after = await look(world);
    expect(after.issues).toHaveLength(before.issues.length + 1);
    expect(after.pulls).toHaveLength(before.pulls.length + 1);
    expect(after.links).toHaveLength(before.links.length + 1);

    // The thread is about that issue from now on, and its pull request is still the thread's.
    const more = await world.mention("fix it again", { threadTs: ts });
    expect(more.outcome).toBe("succeeded");
    const { issues, pulls, branches } = await look(world);
    expect({ issues, pulls, branches }).toEqual({ issues: after.issues, pulls: after.pulls, branches: after.branches });
  });

  it("guesses no repository that the issue may name", async ({ expect }) => {
    const { identifier } = world.linear.seedIssue({ title: "Total is wrong", description: "It is in acme/api." });
    const before = await look(world);
    world.linear.fault(/./, away);
    const { outcome, replies } = await world.mention(`fix ${identifier} the total is wrong`);
    world.linear.mend();
    expect(outcome).toBe("failed");
    expect(replies.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^❌ Linear has trouble[^]*The issue may say which repository has the bug: name it here/),
    ]);
    expect(await look(world)).toEqual(before);
  });

  it("says so where it works without what its issue says", async ({ expect }) => {
    const { identifier } = world.linear.seedIssue({ title: "Codes count twice", description: "Press Apply twice." });
    world.linear.fault(/./, away);
    const { body, headers, message } = world.slack.mention(`fix ${identifier} ${report}`, {
      channel: world.channel,
      eventId: "EvUnread",
    });
    await world.post(body, headers);
    await world.until(() =>
      world.github.requests.find(
        ({ path, at }) => path.endsWith("/git-receive-pack") && at > Number(message.ts) * 1000,
      ),
    );
    world.linear.mend();
    expect(await world.settled("EvUnread")).toMatchObject({ outcome: "succeeded" });
    const said = world.slack.thread(world.channel, message.ts).find(({ author }) => author === "bugbot");
    expect(said?.text).toMatch(new RegExp(`^✅[^]*${identifier}[^]*I work without what the issue says`));
  });
});

describe("a contextualize whose tracker is away", () => {
  it("waits for it, tells the person meanwhile, and goes on", async ({ expect }) => {
    const before = await look(world);
    world.linear.fault("issueCreate", { status: 429, headers: { "retry-after": "5" } });
    const { said } = await ask("contextualize", "EvSlowDown");
    const waiting = await world.until(() => said().find(({ text }) => text.includes("I keep trying")));
    expect(waiting.text).toMatch(/^⚙️ Gathering what is known…\n⏳ Linear asks to slow down\. I keep trying\.$/);
    expect(await world.settled("EvSlowDown")).toMatchObject({ outcome: "succeeded" });
    expect(said()).toHaveLength(1);
    expect(said()[0]?.text).not.toContain("keep trying");
    const after = await look(world);
    expect(after.issues).toHaveLength(before.issues.length + 1);
    expect(after.comments).toHaveLength(before.comments.length + 1);
  });

  it("waits no longer once somebody asks it to stop", async ({ expect }) => {
    const before = await look(world);
    world.linear.fault(/./, away);
    const { ts, said, hasFailed } = await ask("contextualize", "EvStopped");
    await hasFailed();
    await world.mention("stop", { threadTs: ts });
    expect(await world.settled("EvStopped")).toMatchObject({ outcome: "stopped" });
    world.linear.mend();
    const word = said().find(({ text }) => text.startsWith("Stopped."));
    expect(word).toMatchObject({ text: "Stopped.", buttons: ["Retry"] });
    expect(await look(world)).toEqual(before);
  });

  it("files nothing more once it was stopped in a wait, and does not wait for its end", async ({ expect }) => {
    const before = await look(world);
    world.linear.fault("issueCreate", { status: 429, headers: { "retry-after": "600" } });
    const { ts, said, hasFailed } = await ask("contextualize", "EvStoppedInWait");
    await hasFailed();
    await world.mention("stop", { threadTs: ts });
    expect(await world.settled("EvStoppedInWait")).toMatchObject({ outcome: "stopped" });
    expect(said().map(({ text }) => text)).toContain("Stopped. Nothing was written.");
    expect(await look(world)).toEqual(before);
  });

  it("does not say that a card is there which it was stopped before it wrote", async ({ expect }) => {
    world.linear.fault("commentCreate", { status: 429, headers: { "retry-after": "600" } });
    const { ts, said, hasFailed } = await ask("contextualize", "EvStoppedBeforeCard");
    await hasFailed();
    const { comments } = await look(world);
    await world.mention("stop", { threadTs: ts });
    expect(await world.settled("EvStoppedBeforeCard")).toMatchObject({ outcome: "stopped" });
    const issue = world.linear.workspace.issues.at(-1)?.identifier;
    expect(said().map(({ text }) => text)).toContainEqual(
      expect.stringMatching(`^Stopped\\. .*${issue}.* was filed before\\.$`),
    );
    expect((await look(world)).comments).toEqual(comments);
  });
});
