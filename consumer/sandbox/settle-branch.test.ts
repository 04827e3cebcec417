import { describe, it } from "vitest";
import { Failure } from "../../shared/failure.ts";
import type { Outcome } from "../../shared/job.ts";
import { createRedact } from "../../shared/redact.ts";
import type { GitHub } from "../clients/github.ts";
import type { Comparison } from "../clients/github-changes.ts";
import type { Effect } from "../effect.ts";
import { recordGitHub, type Recorded } from "./github-recorder.ts";
import type { Deed } from "../stores/audit.ts";
import { bot } from "../../shared/bot.ts";
import { type RunOnBranch, settleBranch } from "./settle-branch.ts";

const effect: Effect = (_name, run) => run(false);
const proof = { kind: "not_verified" as const, reason: "" };
const usage = { costUsd: 0, turns: 0, durationMs: 0 };
const pushed: Outcome = { kind: "pushed", commit: "new", files: [], summary: "", proof, usage };
const noChange: Outcome = { kind: "no_change", summary: "", usage };
const stopped: Outcome = { kind: "stopped", usage };
const lostPush: Outcome = { kind: "git_failed", stage: "push", reason: "", usage };
const commit = { sha: "new", parents: ["old"], message: "fix: it", author: bot, committer: bot };
const clean = { ahead: 1, behind: 0, mergeBase: "old", paths: ["src/cart.js"], commits: [commit] };
const linus = { name: "Linus Torvalds", email: "torvalds@example.com" };

async function settle(facts: Partial<RunOnBranch>, recorded: Recorded, pushes = ["new"], broken: Partial<GitHub> = {}) {
  const { github: whole, names, calls } = recordGitHub(recorded);
  const github = { ...whole, ...broken };
  const deeds: string[] = [];
  const judged: string[] = [];
  const forgotten: string[] = [];
  const sessions = {
    checkpoints: { remove: () => Promise.reject(new Error("R2 is down")) },
    conversations: { forgetRuns: async (conversation: string) => void forgotten.push(conversation) },
    now: () => 1,
  };
  const record = async ({ action }: Deed) => deeds.push(action) > 0;
  const ended = await settleBranch(
    {
      repository: { name: "acme/shop", defaultBranch: "main" },
      branch: "bugbot/bug-1",
      commandId: "a",
      conversation: "thread",
      headBefore: null,
      run: pushed,
      allowedPaths: ["src/**"],
      ...facts,
    },
    {
      ...sessions,
      github,
      effect,
      record,
      redact: createRedact(["canary-1"]),
      leases: { pushesOf: async () => pushes, judged: async (id: string) => void judged.push(id) },
    },
  ).then(
    (left) => ({ left, failed: undefined }),
    (failed: unknown) => ({ left: undefined, failed }),
  );
  return { ...ended, calls, deeds, judged, forgotten, undone: names().filter((name) => name === "moveBranch") };
}

describe("after a run, its branch", () => {
  it.for<[string, Outcome]>([
    ["pushed", pushed],
    ["said nothing of a push that GitHub shows", noChange],
    ["did not hear the answer to its push", lostPush],
  ])("keeps allowed, new work of a run that %s", async ([, run], { expect }) => {
    const { left, undone, deeds, judged, forgotten } = await settle({ run }, { head: "new", compared: clean });
    expect(left).toEqual({ kind: "work", isNew: true, commit: "new" });
    expect({ undone, deeds, judged, forgotten }).toEqual({
      undone: [],
      deeds: ["pushed"],
      judged: ["a"],
      forgotten: [],
    });
  });

  it("still offers what an earlier run left without a pull request", async ({ expect }) => {
    const facts = { run: noChange, headBefore: "new" };
    const { left, undone, deeds } = await settle(facts, { head: "new", compared: clean });
    expect(left).toEqual({ kind: "work", isNew: false, commit: "new" });
    expect({ undone, deeds }).toEqual({ undone: [], deeds: [] });
  });

  it.for<[string, Partial<RunOnBranch>, Recorded]>([
    [
      "a forbidden file, whatever the agent says it did",
      { run: noChange },
      { head: "new", compared: { ...clean, paths: [".github/workflows/evil.yml"] } },
    ],
    ["more files than GitHub lists", {}, { head: "new", compared: { ...clean, paths: "too_many" } }],
    ["the push of a run that was stopped", { run: stopped }, { head: "new", compared: clean }],
    ["the push of a run that never ended", { run: { kind: "broken" } }, { head: "new", compared: clean }],
  ])("loses %s", async ([, facts, recorded], { expect }) => {
    const { left, undone, deeds, forgotten } = await settle(facts, recorded);
    expect(left).toBeDefined();
    expect(left?.kind).not.toBe("work");
    expect({ undone, deeds }).toEqual({ undone: ["moveBranch"], deeds: ["took_back"] });
    expect(forgotten, "what believes in it").toEqual(["thread"]);
  });

  it.for<[string, Partial<RunOnBranch>, Recorded]>([
    ["a link", {}, { head: "new", compared: clean, modes: { new: new Map([["src/cart.js", "120000"]]) } }],
    ["a submodule", {}, { head: "new", compared: clean, modes: { new: new Map([["src/cart.js", "160000"]]) } }],
    ["what lies in folders too large to check", {}, { head: "new", compared: clean, modes: { new: undefined } }],
    [
      "a file that another is taken for",
      {},
      {
        head: "new",
        compared: { ...clean, paths: ["src/CART.js"] },
        modes: {
          new: new Map([
            ["src/cart.js", "100644"],
            ["src/CART.js", "100644"],
          ]),
        },
      },
    ],
    ["another's commit", {}, { head: "new", compared: { ...clean, commits: [{ ...commit, author: linus }] } }],
    ["another committer's", {}, { head: "new", compared: { ...clean, commits: [{ ...commit, committer: linus }] } }],
    [
      "two commits, of which one may hide what the other takes away",
      {},
      { head: "new", compared: { ...clean, ahead: 2, commits: [{ ...commit, sha: "first" }, commit] } },
    ],
    [
      "a secret in its message",
      {},
      { head: "new", compared: { ...clean, commits: [{ ...commit, message: "fix: it\n\nwith canary-1" }] } },
    ],
    [
      "a secret in its message, written as git sends it",
      {},
      { head: "new", compared: { ...clean, commits: [{ ...commit, message: btoa("x-access-token:canary-1") }] } },
    ],
    ["a merge", {}, { head: "new", compared: { ...clean, commits: [{ ...commit, parents: ["old", "side"] }] } }],
    [
      "another commit than the one it says it made",
      { run: { ...pushed, commit: "said" } },
      { head: "new", compared: clean },
    ],
  ])("loses %s, and it is said", async ([, facts, recorded], { expect }) => {
    const { left, calls } = await settle(facts, recorded);
    expect(left?.kind).toBe("taken_back");
    expect(calls.at(-1)).toEqual(["moveBranch", "acme/shop", "bugbot/bug-1", "new", null]);
  });

  it("keeps what somebody pushed on top, and what lies beneath is judged", async ({ expect }) => {
    const theirs = { sha: "theirs", parents: ["new"], message: "mine", author: linus, committer: linus };
    const compared = { ...clean, commits: [commit, theirs] };
    const onTop = await settle({ headBefore: "old" }, { head: "theirs", compared });
    expect(onTop).toMatchObject({ left: { kind: "moved" }, undone: [] });
  });

  it("is left alone where somebody else's push is all that is new", async ({ expect }) => {
    const others = await settle({ run: lostPush, headBefore: "old" }, { head: "theirs", compared: clean }, ["refused"]);
    expect(others).toMatchObject({ left: { kind: "nothing" }, undone: [] });
    const claimed = { run: { ...pushed, commit: "theirs" }, headBefore: "old" };
    const compared = { ...clean, commits: [{ ...commit, sha: "theirs", author: linus }] };
    expect(await settle(claimed, { head: "theirs", compared }, [])).toMatchObject({
      left: { kind: "moved" },
      undone: [],
      deeds: [],
    });
  });

  it("is left alone where somebody pushes while it is judged", async ({ expect }) => {
    const compared = { ...clean, commits: [{ ...commit, author: linus }] };
    expect(await settle({}, { head: "new", compared, isUndone: false })).toMatchObject({ left: { kind: "moved" } });
  });

  it("keeps good work of a run that nobody follows any more, where it is in a pull request", async ({ expect }) => {
    const run = { kind: "lost" as const };
    const open = { number: 3, url: "https://github.com/acme/shop/pull/3", draft: false, nodeId: "PR_1", body: "" };
    expect(await settle({ run, headBefore: "old" }, { head: "new", compared: clean, open })).toMatchObject({
      left: { kind: "work" },
      undone: [],
    });
    expect((await settle({ run, headBefore: "old" }, { head: "new", compared: clean })).undone).toEqual(["moveBranch"]);
  });

  it("gets others' work back where a push rewrote it", async ({ expect }) => {
    const { left, calls } = await settle({ headBefore: "theirs" }, { head: "new", compared: { ...clean, behind: 2 } });
    expect(left).toMatchObject({ kind: "taken_back", reason: expect.stringContaining("rewritten") });
    expect(calls.at(-1)).toEqual(["moveBranch", "acme/shop", "bugbot/bug-1", "new", "theirs"]);
  });

  it("is not touched where nothing came of the run", async ({ expect }) => {
    expect(await settle({ run: noChange }, { head: null })).toMatchObject({ left: { kind: "nothing" }, undone: [] });
    expect(await settle({ run: stopped, headBefore: "old" }, { head: "old", compared: clean })).toMatchObject({
      left: { kind: "nothing" },
      undone: [],
    });
  });

  it.for<[string, Comparison, RegExp]>([
    ["lists no file", { ...clean, paths: [] }, /no file/],
    ["lists no commit", { ...clean, commits: [] }, /not one commit/],
    ["lists another commit", { ...clean, commits: [{ ...commit, sha: "other" }] }, /not one commit/],
    ["counts more commits than it lists", { ...clean, ahead: 2 }, /not one commit/],
    ["says that nothing is new, and lists it", { ...clean, ahead: 0 }, /not one commit/],
  ])("loses what a comparison that %s says nothing sure of", async ([, compared, reason], { expect }) => {
    const { left, undone } = await settle({}, { head: "new", compared });
    expect(left).toEqual({ kind: "taken_back", reason: expect.stringMatching(reason) });
    expect(undone).toEqual(["moveBranch"]);
  });

  it("loses what differs in the trees though the comparison leaves it out", async ({ expect }) => {
    const modes = {
      old: new Map([["src/cart.js", "100644"]]),
      new: new Map([
        ["src/cart.js", "100644"],
        [".github", "040000"],
      ]),
    };
    const { left, undone } = await settle({}, { head: "new", compared: clean, modes });
    expect(left).toEqual({ kind: "taken_back", reason: expect.stringContaining("`.github`") });
    expect(undone).toEqual(["moveBranch"]);
  });

  it("is looked at by a person where what was pushed may lie beneath more than GitHub lists", async ({ expect }) => {
    const theirs = { ...commit, sha: "theirs", author: linus, committer: linus };
    const cut = { ...clean, ahead: 251, commits: [theirs] };
    const facts = { run: noChange, headBefore: "old" };
    for (const compared of [cut, undefined]) {
      expect(await settle(facts, { head: "theirs", compared })).toMatchObject({ left: { kind: "moved" }, undone: [] });
    }
  });

  describe("where GitHub does not let it be judged", () => {
    const away = (retry: boolean) => () => Promise.reject(new Failure("github_down", { reply: "Away.", retry }));
    const compare = away(true);

    it.for<[string, Partial<GitHub>, Failure["code"]]>([
      ["the comparison fails", { compare }, "github_down"],
      ["the comparison is too large", { compare: away(false) }, "push_refused"],
      ["the trees fail", { entries: compare }, "github_down"],
      ["there is a bug", { compare: () => Promise.reject(new TypeError("x")) }, "bug"],
      ["nobody can say where it stands", { branchHead: compare }, "github_down"],
    ])("loses what the run pushed, and it is said: %s", async ([, broken, code], { expect }) => {
      const recorded = { head: "new", compared: clean };
      const { failed, calls, deeds, judged, forgotten } = await settle({}, recorded, ["new"], broken);
      expect(failed).toMatchObject({
        code,
        retry: code !== "push_refused",
        reply: expect.stringMatching(/`bugbot\/bug-1` in acme\/shop, so it is taken back/),
      });
      expect(calls.at(-1)).toEqual(["moveBranch", "acme/shop", "bugbot/bug-1", "new", null]);
      expect({ deeds, judged, forgotten }).toEqual({ deeds: ["took_back"], judged: [], forgotten: ["thread"] });
    });

    it("says what nobody has checked where it cannot be taken back either", async ({ expect }) => {
      const { failed, judged } = await settle({}, { head: "new" }, ["new"], { compare, moveBranch: compare });
      expect(failed).toMatchObject({
        retry: true,
        reply: expect.stringMatching(/`bugbot\/bug-1` in acme\/shop[^]*Do not merge it/),
      });
      expect(judged).toEqual([]);
    });

    it("leaves what somebody else has pushed", async ({ expect }) => {
      const { failed, undone } = await settle({ headBefore: "old" }, { head: "theirs" }, ["new"], { compare });
      expect(failed).toMatchObject({ reply: expect.stringContaining("look at it before you merge it") });
      expect(undone).toEqual([]);
    });

    it("says no more than why where the run pushed nothing", async ({ expect }) => {
      const facts = { run: noChange, headBefore: "old" };
      expect(await settle(facts, { head: "old" }, [], { compare })).toMatchObject({ failed: { reply: "Away." } });
    });
  });

  it("takes nothing for judged that may still land", async ({ expect }) => {
    const late = await settle({ run: noChange, headBefore: "old" }, { head: "old", compared: clean });
    const back = await settle({ run: stopped }, { head: "new", compared: clean });
    expect([late.judged, back.judged]).toEqual([[], []]);
  });

  it("is asked for again while GitHub does not show the push yet", async ({ expect }) => {
    const { failed } = await settle({ headBefore: "old" }, { head: "old" });
    expect(failed).toMatchObject({ code: "branch_missing", retry: true });
  });
});
