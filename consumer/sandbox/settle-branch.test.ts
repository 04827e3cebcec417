import { describe, it } from "vitest";
import type { Outcome } from "../../shared/job.ts";
import { createRedact } from "../../shared/redact.ts";
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
const clean = { ahead: 1, behind: 0, paths: ["src/cart.js"], commits: [commit] };
const linus = { name: "Linus Torvalds", email: "torvalds@example.com" };

async function settle(facts: Partial<RunOnBranch>, recorded: Recorded, pushes = ["new"]) {
  const { github, names, calls } = recordGitHub(recorded);
  const deeds: string[] = [];
  const forgotten: string[] = [];
  const sessions = {
    checkpoints: { remove: () => Promise.reject(new Error("R2 is down")) },
    conversations: { forgetRuns: async (conversation: string) => void forgotten.push(conversation) },
    now: () => 1,
  };
  const record = async ({ action }: Deed) => deeds.push(action) > 0;
  const left = await settleBranch(
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
      leases: { pushesOf: async () => pushes },
    },
  );
  return { left, calls, deeds, forgotten, undone: names().filter((name) => name === "moveBranch") };
}

describe("after a run, its branch", () => {
  it.for<[string, Outcome]>([
    ["pushed", pushed],
    ["said nothing of a push that GitHub shows", noChange],
    ["did not hear the answer to its push", lostPush],
  ])("keeps allowed, new work of a run that %s", async ([, run], { expect }) => {
    const { left, undone, deeds, forgotten } = await settle({ run }, { head: "new", compared: clean });
    expect(left).toEqual({ kind: "work", isNew: true, commit: "new" });
    expect({ undone, deeds, forgotten }).toEqual({ undone: [], deeds: ["pushed"], forgotten: [] });
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
    expect(left.kind).not.toBe("work");
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
    expect(left.kind).toBe("taken_back");
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

  it("is asked for again while GitHub does not show the push yet", async ({ expect }) => {
    await expect(settle({ headBefore: "old" }, { head: "old" })).rejects.toMatchObject({
      code: "branch_missing",
      retry: true,
    });
  });
});
