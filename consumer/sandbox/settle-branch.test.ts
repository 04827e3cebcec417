import { describe, it } from "vitest";
import type { Outcome } from "../../shared/job.ts";
import type { Effect } from "../effect.ts";
import { recordGitHub, type Recorded } from "./github-recorder.ts";
import { type BranchFacts, settleBranch } from "./settle-branch.ts";

const effect: Effect = (_name, run) => run(false);
const proof = { kind: "not_verified" as const, reason: "" };
const usage = { costUsd: 0, turns: 0, durationMs: 0 };
const pushed: Outcome = { kind: "pushed", commit: "new", files: [], summary: "", proof, usage };
const noChange: Outcome = { kind: "no_change", summary: "", usage };
const stopped: Outcome = { kind: "stopped", usage };
const lostPush: Outcome = { kind: "git_failed", stage: "push", reason: "", usage };
const clean = { ahead: 1, behind: 0, paths: ["src/cart.js"] };

async function settle(facts: Partial<BranchFacts>, recorded: Recorded) {
  const { github, names, calls } = recordGitHub(recorded);
  const left = await settleBranch(
    {
      repository: { name: "acme/shop", defaultBranch: "main", head: "abc" },
      branch: "bugbot/bug-1",
      headBefore: null,
      run: pushed,
      allowedPaths: ["src/**"],
      ...facts,
    },
    { github, effect },
  );
  return { left, calls, undone: names().filter((name) => name === "deleteBranch" || name === "resetBranch") };
}

describe("after a run, its branch", () => {
  it.for<[string, Outcome]>([
    ["pushed", pushed],
    ["said nothing of a push that GitHub shows", noChange],
    ["did not hear the answer to its push", lostPush],
  ])("keeps allowed, new work of a run that %s", async ([, run], { expect }) => {
    const { left, undone } = await settle({ run }, { head: "new", compared: clean });
    expect(left).toEqual({ kind: "work", isNew: true, commit: "new" });
    expect(undone).toEqual([]);
  });

  it("still offers what an earlier run left without a pull request", async ({ expect }) => {
    const { left, undone } = await settle({ run: noChange, headBefore: "new" }, { head: "new", compared: clean });
    expect(left).toEqual({ kind: "work", isNew: false, commit: "new" });
    expect(undone).toEqual([]);
  });

  it.for<[string, Partial<BranchFacts>, Recorded]>([
    [
      "a forbidden file, whatever the agent says it did",
      { run: noChange },
      { head: "new", compared: { ...clean, paths: [".github/workflows/evil.yml"] } },
    ],
    ["more files than GitHub lists", {}, { head: "new", compared: { ...clean, paths: "too_many" } }],
    ["the push of a run that was stopped", { run: stopped }, { head: "new", compared: clean }],
    ["the push of a run that never ended", { run: undefined }, { head: "new", compared: clean }],
  ])("loses %s", async ([, facts, recorded], { expect }) => {
    const { left, undone } = await settle(facts, recorded);
    expect(left.kind).not.toBe("work");
    expect(undone).toEqual(["deleteBranch"]);
  });

  it("gets others' work back where a push rewrote it", async ({ expect }) => {
    const { left, calls } = await settle({ headBefore: "theirs" }, { head: "new", compared: { ...clean, behind: 2 } });
    expect(left).toMatchObject({ kind: "taken_back", reason: expect.stringContaining("rewritten") });
    expect(calls.at(-1)).toEqual(["resetBranch", "acme/shop", "bugbot/bug-1", "theirs"]);
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
