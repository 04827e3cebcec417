import { describe, it } from "vitest";
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
  report: { text: "it breaks, says @channel\n<!-- hidden --> <details> see #12 and GH-13", author: "U1" },
  repository: { name: "acme/shop", defaultBranch: "main", head: "abc" },
  branch: "bugbot/bug-1",
  title: "fix: it breaks",
  issue: undefined,
  summary: "Fixed by @mallory, closes #3.",
  usage: { costUsd: 0.1, turns: 2, durationMs: 1000 },
  model: "sonnet",
};

describe("a pull request", () => {
  it("is opened once", async ({ expect }) => {
    const { github, names } = recordGitHub({});
    expect(await openPullRequest(plan, { github, effect })).toMatchObject({ number: 7 });
    expect(names()).toEqual(["findPullRequest", "createPullRequest"]);
  });

  it("is the one that the branch has already", async ({ expect }) => {
    const { github, names } = recordGitHub({ open: { number: 3, url: "https://github.com/acme/shop/pull/3" } });
    expect(await openPullRequest(plan, { github, effect })).toMatchObject({ number: 3 });
    expect(names()).toEqual(["findPullRequest"]);
  });

  it("quotes words that ping nobody, close nothing and hide nothing", async ({ expect }) => {
    const { github, calls } = recordGitHub({});
    await openPullRequest(plan, { github, effect });
    const body = JSON.stringify(calls.at(-1));
    expect(body).not.toMatch(/@(channel|mallory)|#\d|GH-\d|<!--|<details/);
    expect(body).toContain("> it breaks");
  });
});
