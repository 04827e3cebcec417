import { afterAll, beforeAll, describe, it } from "vitest";
import { demoCustomer } from "../local/demo-behaviour.ts";
import { linearFaults } from "../local/linear/errors.ts";
import { webPage } from "../local/stand-in.ts";
import { breakerLimits } from "../shared/limits.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());

const repository = "https://github.com/acme/shop";
const { email: customer } = demoCustomer;
const asked = `contextualize ${repository} Pressing Apply twice takes the code off. ${customer} noticed.`;
const maxLinearCalls = 8;

const issues = () => world.linear.workspace.issues;
const commentsOf = (id: string | undefined) =>
  world.linear.workspace.comments.filter(({ issueId }) => issueId === id).map(({ body }) => body);

describe("contextualize", () => {
  it("files the issue, comments the card, and sums it up in the thread, without container or model", async ({
    expect,
  }) => {
    const { outcome, replies, asked: message, ts } = await world.mention(asked, { eventId: "EvContext1" });
    expect(outcome).toBe("succeeded");
    expect(issues()).toHaveLength(1);
    const [issue] = issues();
    expect(issue?.title).toBe("Pressing Apply twice takes the code off");
    const [card = "", ...others] = commentsOf(issue?.id);
    expect(others).toEqual([]);
    expect(card).toContain("### Who is affected");
    expect(card).toMatch(/- \[src\/cart\.js:\d+\]\(http[^)]*\/blob\/[0-9a-f]{40}\/src\/cart\.js#L\d+\) /);
    expect(card).not.toContain("### Not known");
    expect(card).toContain("### What happened");
    expect(card).toMatch(/- \[\d\d:\d\d:\d\d\]\(http[^)]*\/replay\/[^)]*\?t=\d+\) RangeError/);
    expect(card).not.toContain(customer);

    expect(replies).toHaveLength(1);
    const shown = JSON.stringify(replies[0]);
    for (const words of [issue?.identifier, "3 people", "clicked Apply → RangeError", "Fix it", "Open issue"])
      expect(shown).toContain(words);
    expect(shown).not.toContain(customer);
    expect(message?.reactions).toEqual([":white_check_mark:"]);
    expect(await (await world.threadIssues()).get(`slack:${world.channel}:${ts}`)).toBe(issue?.id);

    expect(world.linear.requests.length).toBeLessThanOrEqual(maxLinearCalls);
    expect(world.anthropic.requests).toEqual([]);
    expect(world.github.pullRequests(world.repository)).toEqual([]);
  });

  it("does nothing twice when the event is delivered again", async ({ expect }) => {
    const { body, headers } = world.slack.mention(asked, { channel: world.channel, eventId: "EvContext1" });
    const requests = world.linear.requests.length;
    expect((await world.post(body, headers)).status).toBe(200);
    await world.mention("status", { eventId: "EvStatusAfter" });
    expect(issues()).toHaveLength(1);
    expect(world.linear.requests).toHaveLength(requests);
  });

  it("writes the same comment anew when asked again, and says that nothing is new", async ({ expect }) => {
    const first = await world.mention(asked);
    const again = await world.mention("ctx", { threadTs: first.ts });
    expect(again.outcome).toBe("succeeded");
    expect(issues()).toHaveLength(2);
    expect(commentsOf(issues()[1]?.id)).toEqual([expect.stringContaining("**New since the last look:** nothing")]);
    expect(again.replies.at(-1)?.text).toContain("Nothing new since the last look.");
  });

  it("goes on to a fix from its button: the same issue, one pull request", async ({ expect }) => {
    const { ts, replies } = await world.mention(asked);
    const count = issues().length;
    const { outcome } = await world.ends(() =>
      world.fromSlack(world.slack.pressButton("Fix it", { ts: replies.at(-1)?.ts ?? "" })),
    );
    expect(outcome).toBe("succeeded");
    expect(issues()).toHaveLength(count);
    expect(world.github.pullRequests(world.repository)).toHaveLength(1);
    expect(world.slack.thread(world.channel, ts).at(-1)?.text).toContain("pull/1");
  });
});

describe("the issue it is about", () => {
  it("is the one the message names, then the thread's, and a thread can be given another", async ({ expect }) => {
    world.linear.seedIssue({ identifier: "BUG-70", title: "The badge is wrong" });
    world.linear.seedIssue({ identifier: "BUG-71", title: "The badge is late" });
    const count = issues().length;
    const first = await world.mention(`contextualize BUG-70 ${repository}`);
    expect(first.replies.at(-1)?.text).toContain("BUG-70");
    const second = await world.mention("contextualize", { threadTs: first.ts });
    expect(second.replies.at(-1)?.text).toContain("BUG-70");
    const third = await world.mention("contextualize BUG-71", { threadTs: first.ts });
    expect(third.replies.at(-1)?.text).toContain("This thread is now about BUG-71; it was about BUG-70 before.");
    const { id } = world.linear.issue("BUG-71");
    expect(await (await world.threadIssues()).get(`slack:${world.channel}:${first.ts}`)).toBe(id);
    expect(issues()).toHaveLength(count);
    expect(commentsOf(id)).toHaveLength(1);
  });

  it("is the thread's of the database where KV has forgotten it", async ({ expect }) => {
    const first = await world.mention(`contextualize BUG-70 ${repository}`);
    await (await world.threadIssues()).delete(`slack:${world.channel}:${first.ts}`);
    const again = await world.mention("contextualize", { threadTs: first.ts });
    expect(again.replies.at(-1)?.text).toContain("BUG-70");
  });

  it("is an open one that shows the thread's link, and never a closed one", async ({ expect }) => {
    const { message } = world.slack.mention("The basket forgets its last item.", { channel: world.channel });
    const link = `https://acme.slack.com/archives/${world.channel}/p${message.ts.replace(".", "")}`;
    const open = world.linear.seedIssue({ title: "The basket forgets" });
    const closed = world.linear.seedIssue({ title: "An old one" });
    closed.stateId = world.linear.workspace.states.find(({ type }) => type === "completed")?.id ?? "";
    world.linear.seedAttachment({ issueId: closed.id, url: link });
    world.linear.seedAttachment({ issueId: open.id, url: link });
    const count = issues().length;
    const { replies } = await world.mention(`contextualize ${repository}`, { threadTs: message.ts });
    expect(replies.at(-1)?.text).toContain(open.identifier);
    expect(issues()).toHaveLength(count);
  });

  it("is refused where the message names one that Linear does not know", async ({ expect }) => {
    const { outcome, replies } = await world.mention("contextualize BUG-999");
    expect(outcome).toBe("refused");
    expect(replies.at(-1)?.text).toContain("cannot find BUG-999");
  });
});

describe("when a source fails", () => {
  it("PostHog: the card says so, and has the rest", async ({ expect }) => {
    world.posthog.fault(/./, { status: 503, times: 20 });
    const { outcome, replies } = await world.mention(asked);
    expect(outcome).toBe("succeeded");
    expect(replies.at(-1)?.text).toContain("PostHog: not reached (PostHog has trouble (HTTP 503))");
    world.posthog.mend();
    const failed = world.logs.find((line) => line.includes('"source_failed"'));
    expect(failed, "found under the command's id").toMatch(/"commandId":"slack-Ev[^]*503/);
  });

  it("Linear: tried again, then one honest last word with Retry, which makes up for it", async ({ expect }) => {
    const count = issues().length;
    world.linear.fault("issueCreate", { status: 503, times: 3 });
    const { outcome, replies } = await world.mention(asked);
    expect(outcome).toBe("failed");
    expect(replies).toHaveLength(1);
    expect(replies[0]?.text).toContain("Linear has trouble");
    expect(issues()).toHaveLength(count);
    const retried = await world.ends(() =>
      world.fromSlack(world.slack.pressButton("Retry", { ts: replies[0]?.ts ?? "" })),
    );
    expect(retried.outcome).toBe("succeeded");
    expect(issues()).toHaveLength(count + 1);
  });

  it("Linear and Slack: what only their answers' words say passes, and is tried again", async ({ expect }) => {
    const count = issues().length;
    world.linear.fault("issueCreate", linearFaults.lockTimeout);
    world.linear.fault("issueCreate", linearFaults.internalError);
    world.linear.fault("commentCreate", { ...linearFaults.rateLimited, headers: { "retry-after": "1" } });
    world.slack.fault("chat.postMessage", webPage);
    const { outcome, replies } = await world.mention(asked);
    expect(outcome).toBe("succeeded");
    expect(replies).toHaveLength(1);
    expect(issues()).toHaveLength(count + 1);
    expect(commentsOf(issues().at(-1)?.id)).toHaveLength(1);
  });

  it("Linear: a page that says nothing of the key does not blame it", async ({ expect }) => {
    world.linear.fault("issueCreate", { ...webPage, status: 400, times: 9 });
    const { outcome, replies } = await world.mention(asked);
    world.linear.mend();
    expect(outcome).toBe("refused");
    expect(replies.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^❌ Linear did not accept this \(HTTP 400\)\.$/m),
    ]);
    expect(JSON.stringify(replies)).not.toMatch(/LINEAR_API_KEY|Sign in/);
  });
});

describe("a source that failed again and again", () => {
  it("is not asked until its next try is due; the card, status and health say so", async ({ expect }) => {
    const db = await world.database();
    await db.batch([db.prepare("DELETE FROM breakers"), db.prepare("DELETE FROM source_calls")]);
    world.posthog.fault(/./, { status: 503, times: 1000 });
    for (let failed = 0; failed < breakerLimits.minCalls; failed++) await world.mention(asked);
    world.posthog.mend();

    const before = world.posthog.requests.length;
    const { ts, outcome, replies } = await world.mention(`${asked} See src/cart.js:29.`);
    expect(outcome).toBe("succeeded");
    expect(world.posthog.requests).toHaveLength(before);
    expect(replies.at(-1)?.text).toContain("PostHog: not asked (it failed too often in the last minutes)");
    expect(replies.at(-1)?.text).toContain("src/cart.js:29");
    expect(commentsOf(issues().at(-1)?.id)[0]).toContain("PostHog: not asked");

    const status = await world.mention("status", { threadTs: ts });
    expect(status.replies.at(-1)?.text).toMatch(
      /PostHog failed too often and is not asked for evidence; it is tried again (?:in \d+ s at the soonest|with the next command)\./,
    );
    const health = await fetch(`${world.url}/health`);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({
      status: "degraded",
      components: {
        posthog: { state: "failing", triesAt: expect.stringMatching(/^\d{4}-.*Z$/) },
        github: { state: "on" },
        linear: { state: "on" },
      },
    });

    // Its minute is over: asked again, it answers, and after three answers it is trusted as before.
    for (let answered = 0; answered < breakerLimits.successesToClose; answered++) {
      await db.prepare("UPDATE breakers SET opened_at = opened_at - ?").bind(breakerLimits.openMs).run();
      const tried = await world.mention(asked);
      expect(tried.replies.at(-1)?.text).not.toContain("PostHog: not asked");
    }
    expect(world.posthog.requests.length).toBeGreaterThan(before);
    expect(await db.prepare("SELECT source FROM breakers").all()).toMatchObject({ results: [] });
    expect((await world.mention("status", { threadTs: ts })).replies.at(-1)?.text).not.toContain("failed too often");
  });
});
