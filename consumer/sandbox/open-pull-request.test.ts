import { describe, it } from "vitest";
import * as z from "zod/mini";
import type { Proof } from "../../shared/job.ts";
import type { Effect } from "../effect.ts";
import { bot } from "../../shared/bot.ts";
import type { Comparison } from "../clients/github-changes.ts";
import { recordGitHub, type Recorded } from "./github-recorder.ts";
import { openPullRequest, type PullRequestPlan } from "./open-pull-request.ts";

const effect: Effect = (_name, run) => run(false);
const plan: PullRequestPlan = {
  command: {
    v: 1,
    id: "slack-Ev1",
    name: "fix",
    text: "",
    conversation: { platform: "slack", teamId: "T1", channelId: "C1", threadId: "1.1", messageId: "1.1" },
    author: { id: "U1" },
    references: {},
    receivedAt: 1,
  },
  report: {
    text: "it breaks, says @channel\n<!-- hidden --> <details> see #12 and GH-13",
    author: "Ann` @acme/everyone\n\n# fixes #9 [x](https://evil.example) ann@acme.com",
  },
  repository: { name: "acme/shop", defaultBranch: "main", head: "abc" },
  branch: "bugbot/bug-1",
  allowedPaths: ["src/**"],
  title: "fix: it breaks",
  issue: undefined,
  summary: "Fixed by @mallory, closes #3.",
  card: {
    title: "",
    reported: [],
    unknown: [],
    isUpdate: false,
    sections: [
      {
        title: "Who is affected",
        brief: { lead: "mia@customers.example", text: "as @bob says in #4", url: "https://posthog.example/person/1" },
        claims: [],
      },
    ],
  },
  files: [{ path: "src/cart.js", additions: 2, deletions: 1 }],
  proof: { kind: "reproduced", command: "npm test", tests: ["src/cart.test.js"] },
  usage: { costUsd: 0.1, turns: 2, durationMs: 1000 },
  model: "sonnet",
  isNew: true,
};

const commit = { sha: "new", parents: ["old"], message: "fix: it", author: bot, committer: bot };
const compared: Comparison = { ahead: 1, behind: 0, mergeBase: "old", paths: ["src/cart.js"], commits: [commit] };
/** A branch with one commit of bugbot's. */
const clean = { head: "new", compared };

/** What is asked of GitHub for the pull request that is opened. */
async function opening(opened: PullRequestPlan, recorded: Recorded = clean) {
  const { github, calls } = recordGitHub(recorded);
  const ended = await openPullRequest(opened, { github, effect });
  const asked = calls.find(([name]) => name === "createPullRequest")?.at(-1);
  return { ended, ...z.object({ body: z.string(), draft: z.boolean() }).parse(asked) };
}

async function bodyOf(opened: PullRequestPlan): Promise<string> {
  return (await opening(opened)).body;
}

describe("a pull request", () => {
  it("is opened once", async ({ expect }) => {
    const { github, names } = recordGitHub(clean);
    expect(await openPullRequest(plan, { github, effect })).toMatchObject({ number: 7 });
    expect(names()).toEqual(["findPullRequest", "branchHead", "compare", "createPullRequest", "labelPullRequest"]);
  });

  it("is the one that the branch has already, and stays as it is where nothing is new", async ({ expect }) => {
    const open = { number: 3, url: "https://github.com/acme/shop/pull/3", draft: false, nodeId: "PR_3", body: "" };
    const { github, names } = recordGitHub({ open });
    expect(await openPullRequest({ ...plan, isNew: false }, { github, effect })).toMatchObject({ number: 3 });
    expect(names()).toEqual(["findPullRequest", "labelPullRequest"]);
  });

  it("quotes words that ping nobody, close nothing and hide nothing", async ({ expect }) => {
    const body = await bodyOf(plan);
    expect(body).not.toMatch(
      /@(channel|mallory|bob|acme)|#\d|GH-\d|(?<!\\)<(?!!-- bugbot:)|mia@|ann@|\]\(https:\/\/evil|\n# /,
    );
    expect(body).toContain("> it breaks");
    expect(body).toContain("](https://posthog.example/person/1)");
    expect(body).toContain("- `src/cart.js` +2 −1");
  });

  it.for([
    ["code as it was written", "`Array<T>` for @bob, not `a | b < c`", "`Array<T>` for @\u200Bbob, not `a | b < c`"],
    ["words that look like HTML as words", "a <b> c \\< d", "a &lt;b> c \\< d"],
    [
      "addresses that lead where they did",
      "[a](https://x.test/@bob#1) <https://x.test/@bob>",
      "[a](https://x.test/@bob#1) <https://x.test/@bob>",
    ],
    ["no code of a table's cells, which GitHub reads first", "a|b\n-|-\n`x|<b>`", "a|b\n-|-\n`x|&lt;b>`"],
    ["the end of a code block that the agent left open", "```ts\na < b", "```ts\na < b\n```"],
    ["a code block that is closed", "```\n<b>\n```", "```\n<b>\n```"],
    ["no mark of bugbot's own in code", "`<!-- bugbot:end -->`", "`<!--\u200B bugbot:end -->`"],
  ])("shows of the agent's summary %s", async ([, summary = "", shown], { expect }) => {
    expect(await bodyOf({ ...plan, summary })).toContain(`-->\n${shown}\n\n<!-- bugbot:proof -->`);
  });

  it("says in words what proves it, and is no draft then", async ({ expect }) => {
    expect(await opening(plan)).toMatchObject({
      draft: false,
      body: expect.stringContaining(
        "Reproduced by a new test: with `src/cart.test.js` `npm test` failed on the code before",
      ),
    });
  });

  it.for<[string, Proof, string]>([
    [
      "fails",
      { kind: "fails", command: "npm test", before: "passed", output: "1 !== 2\n```\n<b>" },
      "    1 !== 2\n    ```\n    <b>",
    ],
    [
      "passes only as the change has edited it",
      {
        kind: "edits_check",
        command: "npm test",
        edited: ["src/cart.test.js"],
        before: "passed",
        asItWas: "failed",
        output: "2 !== 1",
      },
      "but with `src/cart.test.js` as before it fails. Before the change, it passed.\n\nHow it ended:\n\n    2 !== 1",
    ],
    [
      "was not verified",
      { kind: "not_verified", reason: "dependencies are not installed" },
      "Not verified: dependencies are not installed.",
    ],
  ])("is a draft where the check %s, and says so", async ([, proof, words], { expect }) => {
    expect(await opening({ ...plan, proof })).toMatchObject({ draft: true, body: expect.stringContaining(words) });
  });

  it("is a draft that names what on its branch is not bugbot's own", async ({ expect }) => {
    const theirs = { ...commit, sha: "0123456789ab", author: { name: "Linus` @acme", email: "l@example.com" } };
    const mixed = { ...compared, ahead: 2, commits: [theirs, commit], paths: ["src/cart.js", "README.md"] };
    const { ended, body, draft } = await opening(plan, { head: "new", compared: mixed });
    expect(draft).toBe(true);
    expect(body).toMatch(
      /mine: `0123456` by `` Linus` @\u200B?acme ``\. It changes files I may not touch: `README\.md`/,
    );
    expect(ended.note).toContain("`0123456` by");
  });

  it.for<[string, Recorded]>([
    ["files that bugbot may not touch", { head: "new", compared: { ...compared, paths: [".github/x.yml"] } }],
    ["more files than GitHub lists", { head: "new", compared: { ...compared, paths: "too_many" } }],
    ["more commits than GitHub lists", { head: "new", compared: { ...compared, ahead: 251 } }],
    ["what GitHub does not show", { head: "new", compared: undefined }],
    ["a link", { ...clean, modes: { new: new Map([["src/cart.js", "120000"]]) } }],
  ])("is not opened where its branch holds %s", async ([, recorded], { expect }) => {
    const { github, names } = recordGitHub(recorded);
    await expect(openPullRequest(plan, { github, effect })).rejects.toMatchObject({
      code: "not_proposed",
      reply: expect.stringContaining("`bugbot/bug-1` in acme/shop"),
    });
    expect(names()).not.toContain("createPullRequest");
  });

  it("is there though GitHub does not take its label", async ({ expect }) => {
    const { github } = recordGitHub(clean);
    const labelPullRequest = () => Promise.reject(new Error("no"));
    expect(await openPullRequest(plan, { github: { ...github, labelPullRequest }, effect })).toMatchObject({
      number: 7,
    });
  });
});

describe("a pull request that was open before the run", () => {
  const good: Proof = { kind: "reproduced", command: "npm test", tests: ["src/cart.test.js"], edited: [] };
  const fails: Proof = { kind: "fails", command: "npm test", before: "passed", output: "1 !== 2", edited: [] };
  const disarmed: Proof = { ...fails, edited: ["src/cart.test.js"] };

  /** The body that a run with this proof left, as a person added to it. */
  async function bodyAfter(proof: Proof): Promise<string> {
    return `Seen by Ann.\n\n${await bodyOf({ ...plan, proof })}\nTo do: $& ask Bob`;
  }

  async function followUp(
    proof: Proof,
    open: { body: string; draft: boolean },
    redrafts = true,
    recorded: Recorded = clean,
  ) {
    const found = { number: 3, url: "https://github.com/acme/shop/pull/3", nodeId: "PR_3", ...open };
    const { github, calls, names } = recordGitHub({ ...recorded, open: found, redrafts });
    const command = { ...plan.command, id: "slack-Ev2" };
    const ended = await openPullRequest({ ...plan, command, summary: "Went on.", proof }, { github, effect });
    const of = (name: string) => calls.filter(([one]) => one === name).map((call) => call.at(-1));
    const described = of("describePullRequest").at(-1);
    const body = typeof described === "string" ? described : open.body;
    return { ended, body, redrafted: of("redraftPullRequest"), names: names(), of };
  }

  it("becomes a draft where the new proof is worse, says so, and keeps what people wrote", async ({ expect }) => {
    const before = await bodyAfter(good);
    const { ended, body, redrafted, names } = await followUp(fails, { body: before, draft: false });
    expect(ended).toMatchObject({ number: 3, draft: true, note: undefined });
    expect(redrafted).toEqual(["draft"]);
    expect(body).toMatch(/^Seen by Ann\.\n[^]*To do: \$& ask Bob$/);
    expect(body).toContain("`npm test` fails on the fix. Before the change, it passed.");
    expect(body).not.toContain("Reproduced");
    expect(body).toMatch(/Fixed by [^]*\*\*Since then:\*\* Went on\./);
    expect(body.match(/### Report/g)).toHaveLength(1);
    expect(names).not.toContain("createPullRequest");
  });

  it("becomes ready where bugbot made it a draft and the new proof is good", async ({ expect }) => {
    const { ended, body, redrafted } = await followUp(good, { body: await bodyAfter(fails), draft: true });
    expect(ended).toMatchObject({ draft: false, note: undefined });
    expect(redrafted).toEqual(["ready"]);
    expect(body).toContain("Reproduced by a new test");
  });

  it.for<[string, Proof, Proof]>([
    ["an earlier run edited the check", disarmed, good],
    ["this run edits the check", fails, { ...good, edited: ["package.json"] }],
    ["nobody knows whether the check was edited", { kind: "not_verified", reason: "time was up" }, good],
  ])("stays a draft where %s, for good", async ([, first, second], { expect }) => {
    const once = await followUp(second, { body: await bodyAfter(first), draft: true });
    expect(once.redrafted).toEqual([]);
    expect(once.ended).toMatchObject({ draft: true, note: expect.stringContaining("may have changed the check") });
    expect(once.body).toContain("may have changed the check");
    const body = once.body.replace("slack-Ev2", "slack-Ev1");
    expect((await followUp(good, { body, draft: true })).redrafted).toEqual([]);
  });

  it.for<[string, Comparison, string]>([
    ["commits of others", { ...compared, commits: [{ ...commit, author: { name: "Eve", email: "" } }] }, "by `Eve`"],
    ["files that bugbot may not touch", { ...compared, paths: [".github/x.yml"] }, "`.github/x.yml`"],
  ])("becomes a draft where its branch holds %s, and names them", async ([, mixed, words], { expect }) => {
    const open = { body: await bodyAfter(good), draft: false };
    const { ended, body, redrafted } = await followUp(good, open, true, { head: "new", compared: mixed });
    expect(redrafted).toEqual(["draft"]);
    expect(body).toContain(words);
    expect(ended).toMatchObject({ draft: true, note: expect.stringContaining(words) });
  });

  it("stays a draft where a person made it one", async ({ expect }) => {
    const { ended, redrafted } = await followUp(good, { body: await bodyAfter(good), draft: true });
    expect(redrafted).toEqual([]);
    expect(ended).toMatchObject({ draft: true, note: undefined });
  });

  it("says where GitHub refuses, in the body and to whoever asked", async ({ expect }) => {
    const { ended, body } = await followUp(fails, { body: await bodyAfter(good), draft: false }, false);
    expect(ended).toMatchObject({
      draft: false,
      note: expect.stringContaining("GitHub did not let me make it a draft"),
    });
    expect(body).toContain("GitHub did not let me make it a draft");
  });

  it("is written once for a run that is carried out again", async ({ expect }) => {
    const first = await followUp(fails, { body: await bodyAfter(good), draft: false });
    const again = await followUp(fails, { body: first.body, draft: true });
    expect(again.of("describePullRequest")).toEqual([]);
    expect(again.redrafted).toEqual([]);
  });

  it("gets a comment instead where bugbot's part of the body is gone", async ({ expect }) => {
    const { ended, of, names, redrafted } = await followUp(fails, { body: "My own words.", draft: false });
    expect(ended).toMatchObject({ draft: true });
    expect(redrafted).toEqual(["draft"]);
    expect(names).not.toContain("describePullRequest");
    expect(of("commentOnce")).toHaveLength(1);
  });
});
