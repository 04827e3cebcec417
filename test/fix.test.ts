import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { Script } from "../local/anthropic.ts";
import { demoReport, demoScript } from "../local/demo-repository.ts";
import { standInCredentials } from "../local/stand-ins.ts";
import { createWorld, type World } from "./world.ts";

const script: Script = (call) => {
  if (!call.said.includes("case-follow-up")) return demoScript(call);
  const command = "echo '// a code counts once' >> src/cart.js";
  return call.toolResults.length === 0
    ? [{ tool: "Bash", input: { command, description: "Append a comment" } }]
    : [{ text: "Said why." }];
};

let world: World;
beforeAll(async () => {
  world = await createWorld({ script, variables: { BUGBOT_COAUTHORS: "U0ALICE=alice@example.com" } });
});
afterAll(() => world?.close());

describe("@bugbot fix", () => {
  it("turns a mention into an issue, a pull request and one last word", async ({ expect }) => {
    const { ts, outcome, asked, replies } = await world.mention(`fix ${demoReport}`, { eventId: "EvHappy" });

    expect(outcome).toBe("succeeded");
    const [pull, ...otherPulls] = world.github.pullRequests(world.repository);
    expect(otherPulls).toEqual([]);
    expect(pull).toMatchObject({
      title: 'fix: Pressing "Apply" twice takes the discount code off twice (BUG-1)',
      base: "main",
      state: "open",
    });
    expect(pull?.body).toContain("already in the cart is now left as it is");

    expect(world.linear.workspace.issues).toHaveLength(1);
    const [issue] = world.linear.workspace.issues;
    expect(issue?.description).toContain("> [`https://github.com/acme/shop`](https://github.com/acme/shop) Pressing");
    expect(world.linear.workspace.attachments).toMatchObject([
      { issueId: issue?.id, url: expect.stringContaining("acme.slack.com/archives/") },
      { issueId: issue?.id, url: expect.stringContaining("/acme/shop/pull/1") },
    ]);

    expect(replies).toHaveLength(1);
    expect(replies[0]?.text).toContain("✅ <");
    expect(replies[0]?.text).toMatch(/\$\d+\.\d\d · \d+s · sonnet · \d+ turns/);
    expect(asked?.reactions).toEqual([":white_check_mark:"]);
    const marks = world.slack.requests.filter(({ operation }) => operation === "reactions.add").map(({ body }) => body);
    expect(marks).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: "eyes" }), expect.objectContaining({ name: "gear" })]),
    );

    expect(await (await world.threadIssues()).get(`slack:${world.channel}:${ts}`)).toBe(issue?.id);
    const db = await world.database();
    expect(await db.prepare("SELECT outcome, cost_usd > 0 AS paid FROM commands").first()).toEqual({
      outcome: "succeeded",
      paid: 1,
    });
    expect(
      await db.prepare("SELECT repository, issue_identifier, branch, running_command_id FROM conversations").first(),
    ).toEqual({
      repository: "acme/shop",
      issue_identifier: "BUG-1",
      branch: pull?.head,
      running_command_id: null,
    });
  });

  it("pushes a fix whose own test passes, and nothing else", async ({ expect }) => {
    const [pull] = world.github.pullRequests(world.repository);
    const folder = await mkdtemp(join(tmpdir(), "bugbot-test-"));
    try {
      const run = promisify(execFile);
      await run("git", [
        "clone",
        "-q",
        "--branch",
        pull?.head ?? "",
        join(world.github.folder, "acme/shop.git"),
        folder,
      ]);
      await run("git", ["-C", folder, "diff", "--name-only", "origin/main...HEAD"]).catch(() => undefined);
      const { stdout: trailers } = await run("git", ["-C", folder, "log", "-1", "--format=%(trailers)"]);
      expect(trailers.trim()).toBe("Co-authored-by: alice <alice@example.com>");
      await expect(run("npm", ["test"], { cwd: folder })).resolves.toMatchObject({
        stdout: expect.stringMatching(/fail 0/),
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    expect(await world.github.diff(world.repository, "main", pull?.head ?? "")).toMatch(
      /^diff --git a\/src\/cart\.js b\/src\/cart\.js\n(?:(?!diff --git)[\s\S])*$/,
    );
  });

  it("gives the container no credential: every request it made came without one", async ({ expect }) => {
    const db = await world.database();
    const { results } = await db.prepare("SELECT expires_at, closed_at FROM leases").all();
    expect(results).toMatchObject([{ closed_at: expect.any(Number) }]);
    // The stand-ins want credentials and were asked: the egress added them.
    expect(world.anthropic.requests.map(({ headers }) => headers["x-api-key"])).not.toContain("placeholder");
    expect(JSON.stringify(world.logs)).not.toContain(standInCredentials.githubToken);
  });

  it("does nothing twice when Slack delivers the event again", async ({ expect }) => {
    const { body, headers } = world.slack.mention(`fix ${demoReport}`, { channel: world.channel, eventId: "EvHappy" });
    const calls = world.slack.requests.filter(({ operation }) => operation === "chat.postMessage").length;
    expect((await world.post(body, headers)).status).toBe(200);
    // A later command passes the same queue: once it has ended, the repeated one had its chance.
    await world.mention("help");
    expect(world.github.pullRequests(world.repository)).toHaveLength(1);
    expect(world.linear.workspace.issues).toHaveLength(1);
    expect(world.slack.requests.filter(({ operation }) => operation === "chat.postMessage")).toHaveLength(calls + 1);
  });

  it("goes on in the same thread, on the same issue and branch, without repeated facts", async ({ expect }) => {
    const [first] = world.github.pullRequests(world.repository);
    const firstHead = first?.headSha;
    const ts = world.slack.workspace.channels.get(world.channel)?.messages[0]?.ts ?? "";
    const { outcome, replies } = await world.mention("fix case-follow-up: say why in a comment", { threadTs: ts });
    expect(outcome).toBe("succeeded");
    expect(replies.at(-1)?.text).toMatch(/Pull request #1.*BUG-1/);
    const [pull, ...others] = world.github.pullRequests(world.repository);
    expect(others).toEqual([]);
    expect(pull?.headSha).not.toBe(firstHead);
    const diff = await world.github.diff(world.repository, "main", pull?.head ?? "");
    expect(diff).toContain("+  if (!cart.codes.includes");
    expect(diff).toContain("+// a code counts once");
    expect(world.linear.workspace.issues).toHaveLength(1);
    expect(await world.github.branches(world.repository)).toEqual([pull?.head, "main"]);
  });

  it("works on the Linear issue that is named, and on no new one", async ({ expect }) => {
    const issue = world.linear.seedIssue({
      identifier: "BUG-40",
      title: "Discount taken twice",
      description: "Seen by two customers",
    });
    const before = world.linear.workspace.issues.length;
    const { replies } = await world.mention("fix https://github.com/acme/shop BUG-40");
    expect(replies[0]?.text).toContain("BUG-40");
    expect(world.linear.workspace.issues).toHaveLength(before);
    expect(world.github.pullRequests(world.repository).at(-1)).toMatchObject({
      title: "fix: Discount taken twice (BUG-40)",
      head: "bugbot/bug-40-discount-taken-twice",
    });
    expect(world.linear.workspace.attachments.at(-1)?.issueId).toBe(issue.id);
  });

  it("works on the issue that the thread is mapped to", async ({ expect }) => {
    const issue = world.linear.seedIssue({ title: "Codes count twice" });
    const { message } = world.slack.mention("look at this", { channel: world.channel });
    await (await world.threadIssues()).put(`slack:${world.channel}:${message.ts}`, issue.id);
    const { replies } = await world.mention("fix https://github.com/acme/shop please", { threadTs: message.ts });
    expect(replies.at(-1)?.text).toContain(issue.identifier);
  });
});
