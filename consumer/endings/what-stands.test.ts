import { describe, it } from "vitest";
import { Failure } from "../../shared/failure.ts";
import type { LastPullRequest } from "../clients/github.ts";
import { recordGitHub } from "../sandbox/github-recorder.ts";
import type { Effect } from "../effect.ts";
import { endingOf } from "./ending.ts";
import { findStanding, type Standing, standingInWords, unpushedInWords } from "./what-stands.ts";

const url = "https://github.com/acme/shop/pull/1";
const unknownConversation = {
  issueId: null,
  issueIdentifier: null,
  issueUrl: null,
  repository: null,
  branch: null,
  pullRequestUrl: null,
  runningCommandId: null,
  summary: null,
  hasCheckpoint: false,
};
const known = { ...unknownConversation, repository: "acme/shop", branch: "bugbot/bug-1" };
const last: LastPullRequest = { number: 1, url, draft: false, state: "merged", commit: "abc" };
const effect: Effect = (_name, run) => run(false);
const down = { lastPullRequest: () => Promise.reject(new Failure("github_down", { reply: "", retry: true })) };

describe("what stands in a thread", () => {
  it.for<[string, Parameters<typeof findStanding>[2], string]>([
    [
      "the newest pull request of its branch, as GitHub knows it",
      { github: recordGitHub({ last }).github, conversations: { find: async () => known }, effect },
      `[Pull request #1](${url}) is merged.`,
    ],
    [
      "the one that is remembered, while GitHub does not answer",
      { github: down, conversations: { find: async () => ({ ...known, pullRequestUrl: url }) }, effect },
      `[The pull request](${url}) was there before; I could not look at it now.`,
    ],
    ["not said, while nobody can know", { github: down, conversations: { find: async () => known }, effect }, ""],
    [
      "not said, while D1 does not answer either",
      { github: down, conversations: { find: () => Promise.reject(new Error("D1")) }, effect },
      "",
    ],
    [
      "nothing, in a thread without a fix",
      { github: down, conversations: { find: async () => unknownConversation }, effect },
      "Nothing was pushed.",
    ],
    [
      "nothing, on a branch without a pull request",
      { github: recordGitHub({}).github, conversations: { find: async () => known }, effect },
      "Nothing was pushed.",
    ],
  ])("is %s", async ([, needs, words], { expect }) => {
    expect(unpushedInWords(await findStanding("thread", "now", needs))).toBe(words);
  });
});

const open: Standing = { kind: "pull_request", name: "Pull request #1", url, state: "open", commit: "abc" };
const failure = (code: string, retry = false) => new Failure(code, { reply: "It ended.", retry });

describe("a fix that ends by what was thrown", () => {
  it.for([
    ["stopped", failure("stopped"), "It ended."],
    ["declined", failure("declined"), "❌ It ended."],
    ["not approved in time", failure("not_approved"), "❌ It ended."],
  ] as const)("when it is %s, says that nothing was pushed, or what stands instead", ([, error, words], { expect }) => {
    expect(endingOf(error, "id", { kind: "none" }).reply).toBe(`${words} Nothing was pushed.`);
    expect(endingOf(error, "id", { kind: "unknown" }).reply).toBe(words);
    const { reply, links, pullRequestUrl } = endingOf(error, "id", open);
    expect(reply).toBe(`${words} ${standingInWords(open)}`);
    expect({ links, pullRequestUrl }).toEqual({
      links: [{ label: "Open pull request", url }],
      pullRequestUrl: url,
    });
  });

  it.for([
    ["GitHub does not answer", failure("github_down", true)],
    ["what was pushed is taken back", failure("push_refused")],
    ["something broke", new TypeError("x")],
  ] as const)("when %s, says what stands, and else nothing of pushes", ([, error], { expect }) => {
    expect(endingOf(error, "id", open).reply).toContain(standingInWords(open));
    expect(endingOf(error, "id", { kind: "none" }).reply).not.toContain("pushed");
  });
});

it("says that what was pushed is taken back, where something was", ({ expect }) => {
  expect(unpushedInWords({ kind: "none" }, { isTakenBack: true })).toBe("What was pushed is taken back.");
  expect(unpushedInWords(open, { isTakenBack: true })).toBe(`What was pushed is taken back. ${standingInWords(open)}`);
});
