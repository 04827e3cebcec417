import { describe, it } from "vitest";
import type { GitHub } from "../clients/github.ts";
import type { Effect } from "../effect.ts";
import { openPullRequest, type PullRequestPlan } from "./open-pull-request.ts";

const effect: Effect = (_name, run) => run(false);
const usage = { costUsd: 0.1, turns: 2, durationMs: 1000 };
const plan: PullRequestPlan = {
  command: {
    v: 1,
    id: "slack-Ev1",
    name: "fix",
    text: "it breaks, says @channel\n<!-- hidden --> see #12",
    conversation: { platform: "slack", teamId: "T1", channelId: "C1", threadId: "1.1", messageId: "1.1" },
    author: { id: "U1" },
    references: {},
    receivedAt: 1,
  },
  repository: { name: "acme/shop", defaultBranch: "main", empty: false },
  branch: "bugbot/bug-1",
  headBefore: null,
  title: "fix: it breaks",
  issue: undefined,
  run: { kind: "pushed", commit: "c", files: [], summary: "Fixed by @mallory, closes #3.", usage },
  allowedPaths: ["src/**"],
};

function gitHub({ changed, open }: { changed: string[]; open?: { number: number; url: string } }) {
  const calls: unknown[][] = [];
  const record =
    <T>(name: string, answer: T) =>
    async (...args: unknown[]): Promise<T> => {
      calls.push([name, ...args]);
      return answer;
    };
  const github: GitHub = {
    repository: record("repository", undefined),
    branchHead: record("branchHead", null),
    changedPaths: record("changedPaths", changed),
    findPullRequest: record("findPullRequest", open),
    createPullRequest: record("createPullRequest", { number: 7, url: "https://github.com/acme/shop/pull/7" }),
    resetBranch: record("resetBranch", undefined),
    deleteBranch: record("deleteBranch", undefined),
  };
  return { github, calls, names: () => calls.map(([name]) => name) };
}

describe("a pull request", () => {
  it("is opened for what GitHub shows to be allowed", async ({ expect }) => {
    const { github, calls, names } = gitHub({ changed: ["src/cart.js"] });
    expect(await openPullRequest(plan, { github, effect })).toMatchObject({ number: 7 });
    expect(calls[0]).toEqual(["changedPaths", "acme/shop", "main", "bugbot/bug-1"]);
    expect(names()).toEqual(["changedPaths", "findPullRequest", "createPullRequest"]);
  });

  it("is the one that the branch has already", async ({ expect }) => {
    const { github, names } = gitHub({
      changed: ["src/cart.js"],
      open: { number: 3, url: "https://github.com/acme/shop/pull/3" },
    });
    expect(await openPullRequest(plan, { github, effect })).toMatchObject({ number: 3 });
    expect(names()).not.toContain("createPullRequest");
  });

  it("is not opened for a forbidden file, whatever the container said; the new branch goes", async ({ expect }) => {
    const { github, names } = gitHub({ changed: ["src/cart.js", ".github/workflows/ci.yml"] });
    await expect(openPullRequest(plan, { github, effect })).rejects.toMatchObject({
      reply: expect.stringContaining(".github/workflows/ci.yml"),
    });
    expect(names()).toEqual(["changedPaths", "deleteBranch"]);
  });

  it("keeps what others pushed before, when this run's push is taken back", async ({ expect }) => {
    const { github, calls, names } = gitHub({ changed: ["CODEOWNERS"] });
    await expect(openPullRequest({ ...plan, headBefore: "abc" }, { github, effect })).rejects.toMatchObject({
      code: "push_refused",
    });
    expect(calls[0]).toEqual(["changedPaths", "acme/shop", "abc", "bugbot/bug-1"]);
    expect(calls[1]).toEqual(["resetBranch", "acme/shop", "bugbot/bug-1", "abc"]);
    expect(names()).not.toContain("deleteBranch");
  });

  it("quotes words that ping nobody, close nothing and hide nothing", async ({ expect }) => {
    const { github, calls } = gitHub({ changed: ["src/cart.js"] });
    await openPullRequest(plan, { github, effect });
    const body = JSON.stringify(calls.at(-1));
    expect(body).not.toMatch(/@(channel|mallory)|#\d|<!--/);
    expect(body).toContain("> it breaks");
  });
});
