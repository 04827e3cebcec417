import { describe, it } from "vitest";
import type { Proof } from "../../shared/job.ts";
import type { Effect } from "../effect.ts";
import { recordGitHub } from "./github-recorder.ts";
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
};

describe("a pull request", () => {
  it("is opened once", async ({ expect }) => {
    const { github, names } = recordGitHub({});
    expect(await openPullRequest(plan, { github, effect })).toMatchObject({ number: 7 });
    expect(names()).toEqual(["findPullRequest", "createPullRequest", "labelPullRequest"]);
  });

  it("is the one that the branch has already", async ({ expect }) => {
    const { github, names } = recordGitHub({
      open: { number: 3, url: "https://github.com/acme/shop/pull/3", draft: false },
    });
    expect(await openPullRequest(plan, { github, effect })).toMatchObject({ number: 3 });
    expect(names()).toEqual(["findPullRequest", "labelPullRequest"]);
  });

  it("quotes words that ping nobody, close nothing and hide nothing", async ({ expect }) => {
    const { github, calls } = recordGitHub({});
    await openPullRequest(plan, { github, effect });
    const body = JSON.stringify(calls.at(1));
    expect(body).not.toMatch(/@(channel|mallory|bob|acme)|#\d|GH-\d|<!--|<details|mia@|ann@|\]\(https:\/\/evil|\\n# /);
    expect(body).toContain("> it breaks");
    expect(body).toContain("](https://posthog.example/person/1)");
    expect(body).toContain("- `src/cart.js` +2 −1");
  });

  it("says in words what proves it, and is no draft then", async ({ expect }) => {
    const { github, calls } = recordGitHub({});
    await openPullRequest(plan, { github, effect });
    expect(calls.at(1)?.at(-1)).toMatchObject({
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
    const { github, calls } = recordGitHub({});
    await openPullRequest({ ...plan, proof }, { github, effect });
    expect(calls.at(1)?.at(-1)).toMatchObject({ draft: true, body: expect.stringContaining(words) });
  });

  it("is there though GitHub does not take its label", async ({ expect }) => {
    const { github } = recordGitHub({});
    const labelPullRequest = () => Promise.reject(new Error("no"));
    expect(await openPullRequest(plan, { github: { ...github, labelPullRequest }, effect })).toMatchObject({
      number: 7,
    });
  });
});
