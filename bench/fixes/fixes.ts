import { createSettlements } from "../../local/settlements.ts";
import { startStack } from "../../local/stack.ts";
import type { Cleanup } from "../report/cleanup.ts";
import type { Line, Section } from "../report/report.ts";
import { type Bug, readBugs, scriptFor } from "./read-bugs.ts";
import { allowedPaths, replay, type ReplayNeeds } from "./replay.ts";

const endMs = 120_000;

/** Bugs as they really look, each from its thread to its pull request. */
export async function measureFixes(cleanup: Cleanup): Promise<Section> {
  const bugs = await readBugs();
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
    ],
  };
}

async function tell(bug: Bug, needs: ReplayNeeds): Promise<Line> {
  const startedAt = performance.now();
  const { outcome, lastWord, pull, diff } = await replay(bug, needs);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const [, test] =
    /Reproduced by a new test: with `(.+?)` `npm test` failed on the code before, and passes/.exec(lastWord) ?? [];
  return {
    what: bug.name,
    measured: `${outcome} in ${seconds} s`,
    comparison: test ? `reproduced by ${test}: failed before, passes after` : lastWord.replace(/\s+/g, " "),
    target: diff === bug.patch ? "diff as scripted" : "another diff than scripted",
    met: diff === bug.patch && pull?.isDraft === false && test !== undefined,
  };
}
