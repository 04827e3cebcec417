import { it } from "vitest";
import { followUpMessages, maxIssueTextLength, maxTextLength, maxThreadLength } from "../../shared/limits.ts";
import { readSettings } from "../../shared/settings.ts";
import { sampleCard } from "../evidence/sample-card.ts";
import { readReport } from "../report/read-report.ts";
import { fit } from "../report/read-thread.ts";
import { testCommand } from "../stores/test-database.ts";
import { decideRun } from "./decide-run.ts";

/** https://developers.cloudflare.com/workflows/reference/limits/ */
const maxStepResultBytes = 1024 * 1024;

it.for([
  ["characters of three bytes", "漢"],
  ["backticks, around which a fence is longer", "`"],
])("what is decided fits a step's record, however much was said: %s", async ([, character = ""], { expect }) => {
  const words = (length: number) => character.repeat(length);
  const author = words(80);
  const said = { author, text: words(maxThreadLength / followUpMessages) };
  const earlier = fit(Array.from({ length: 2 * followUpMessages }, () => said));
  expect(earlier).toHaveLength(followUpMessages);
  const claims = [{ lead: "", text: words(maxTextLength), url: "" }];
  const card = {
    ...sampleCard(),
    sections: [{ title: "What happened", claims, brief: { lead: "", text: "", url: "" } }],
  };
  const branch = "bugbot/bug-1";
  const known = {
    issueId: "1",
    issueIdentifier: "BUG-1",
    issueUrl: "",
    repository: "acme/shop",
    branch,
    pullRequestUrl: null,
    runningCommandId: null,
    summary: words(maxTextLength),
    hasCheckpoint: true,
  };
  const decided = await decideRun(
    {
      thread: "slack:T1:C1:1.1",
      repository: { name: "acme/shop", defaultBranch: "main", head: "abc" },
      report: readReport({ ...testCommand("a"), text: words(maxTextLength) }, earlier),
      title: "",
      known,
      issue: { id: "1", identifier: "BUG-1", title: words(200), description: words(maxIssueTextLength), url: "" },
      card,
      named: undefined,
      reserved: null,
    },
    readSettings({}),
  );
  expect(decided.resumePrompt).toContain(words(100));
  expect(new TextEncoder().encode(JSON.stringify(decided)).length).toBeLessThan(0.95 * maxStepResultBytes);
});
