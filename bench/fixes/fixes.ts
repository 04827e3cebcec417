import { createSettlements } from "../../local/settlements.ts";
import { startStack } from "../../local/stack.ts";
import type { Cleanup } from "../report/cleanup.ts";
import type { Line, Section, Size } from "../report/report.ts";
import { type Bug, expectedProofs, readBugs, scriptFor } from "./read-bugs.ts";
import { allowedPaths, replay, type ReplayNeeds } from "./replay.ts";

const bugsOf = { full: Infinity, small: 1 };
const endMs = 120_000;
const inShort = { new_test: "failed before, passes after:", edits_check: "a draft that edits its own check:" };

/** Bugs as they really look, each from its thread to its pull request. */
export async function measureFixes(cleanup: Cleanup, size: Size): Promise<Section> {
  const bugs = (await readBugs()).slice(0, bugsOf[size]);
  const settlements = createSettlements();
  const stack = await cleanup.start(
    () =>
      startStack({
        variables: { BUGBOT_ALLOWED_PATHS: allowedPaths },
        script: scriptFor(bugs),
        onLog: settlements.onLog,
      }),
    (started) => started.close(),
  );
  const { slack, github } = stack.standIns;
  if (!slack || !github) throw new Error("a stand-in is missing");
  const endOf = (commandId: string) => settlements.of(commandId, endMs);

  const lines: Line[] = [];
  for (const bug of bugs) lines.push(await tell(bug, { slack, github, url: stack.url, endOf }));
  return {
    title: "Fixes: from a thread to a pull request",
    lines,
    notes: [
      "The model is scripted: it makes the patch of bench/fixes/<bug>/fix.patch with its tools. The Workers, the queue, git, Claude Code and the tests are real.",
      "ok: the pull request's diff is that patch, and its new test failed on the code before and passes on the fix.",
      "In node-due-date the model edits the test that fails: ok is a draft that says so.",
    ],
  };
}

async function tell(bug: Bug, needs: ReplayNeeds): Promise<Line> {
  const startedAt = performance.now();
  const { outcome, lastWord, pull, diff } = await replay(bug, needs);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const { isDraft, words } = expectedProofs[bug.proof];
  const [, test] = words.exec(lastWord) ?? [];
  return {
    what: bug.name,
    measured: `${outcome} in ${seconds} s`,
    comparison: test ? `${inShort[bug.proof]} ${test}` : lastWord.replace(/\s+/g, " "),
    target: diff === bug.patch ? "diff as scripted" : "another diff than scripted",
    met: diff === bug.patch && pull?.isDraft === isDraft && test !== undefined,
  };
}
