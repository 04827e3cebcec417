import type { ChangedFile, Job, Memory, Outcome } from "../../shared/job.ts";
import { cutWords } from "../evidence/cut-words.ts";
import { codeMarkdown, inlineMarkdown } from "../evidence/untrusted-markdown.ts";
import { usd } from "./bill.ts";
import type { PullRequest } from "../clients/github.ts";
import type { Ending } from "./ending.ts";
import { proofInWords } from "./proof-in-words.ts";

export interface RunFacts {
  /** The repository and issue, as Markdown links. */
  where: string;
  allowedPaths: readonly string[];
  limits: Job["limits"];
  pullRequest?: PullRequest & { title: string };
  /** What the next run will know of this one. */
  kept?: Memory | undefined;
  /** Something else the person should know. */
  note?: string | undefined;
}

/** What a person reads at a glance; the pull request has all of it. */
const maxSummaryLength = 1_000;

/** A run's outcome as the last word about it. */
export function endingOfRun(
  outcome: Outcome,
  { where, allowedPaths, limits, pullRequest, note, kept }: RunFacts,
): Ending {
  const { usage } = outcome;
  const ending = (result: Ending["outcome"], words: string): Ending => ({
    outcome: result,
    reply: [words, ...(note ? [note] : []), ...keptLines(outcome, kept)].join("\n"),
    usage,
    ...(pullRequest && {
      pullRequestUrl: pullRequest.url,
      links: [{ label: "Open pull request", url: pullRequest.url }],
      card: {
        title: pullRequest.title,
        url: pullRequest.url,
        summary: "summary" in outcome ? cutWords(outcome.summary, maxSummaryLength) : "",
      },
    }),
  });
  switch (outcome.kind) {
    case "pushed": {
      const { files, proof } = outcome;
      const link = pullRequest ? `[Pull request #${pullRequest.number}](${pullRequest.url})` : "The fix is pushed";
      const draft = pullRequest?.draft ? ", as a draft" : "";
      return ending("succeeded", [`✅ ${link} in ${where}${draft}`, ...sizeOf(files), proofInWords(proof)].join("\n"));
    }
    case "no_change":
      return ending(
        "failed",
        `❌ No change came out of it, so there is no pull request in ${where}. ${quoted(outcome.summary)}`,
      );
    case "outside_allowed_paths":
      return ending(
        "failed",
        `❌ The fix would change files I may not touch, so nothing was pushed: ${listed(outcome.files)}. Allowed: ${allowedPaths.map(codeMarkdown).join(", ")}.`,
      );
    case "out_of_turns":
      return ending(
        "timed_out",
        `⏳ Out of turns (${limits.maxTurns}) before there was a fix for ${where}. Nothing was pushed.`,
      );
    case "out_of_budget":
      return ending(
        "timed_out",
        `⏳ Out of budget (${usd(limits.maxCostUsd)}) before there was a fix for ${where}. Nothing was pushed.`,
      );
    case "out_of_time":
      return ending(
        "timed_out",
        `⏳ Out of time (${limits.wallClockMs / 60_000} min) before there was a fix for ${where}. Nothing was pushed.`,
      );
    case "stopped":
      return ending("stopped", `Stopped. Nothing was pushed to ${where}.`);
    case "agent_failed":
      return {
        ...ending("failed", `❌ The agent failed: ${oneLine(outcome.reason)}. Nothing was pushed to ${where}.`),
        died: `agent_failed: ${outcome.reason}`,
      };
    case "git_failed":
      return {
        ...ending("failed", `❌ git could not ${outcome.stage} in ${where}: ${oneLine(outcome.reason)}.`),
        died: `git_failed: ${outcome.stage}: ${outcome.reason}`,
      };
    default:
      return outcome satisfies never;
  }
}

/** What had been done, where the run ended before its work was whole. */
function keptLines({ kind }: Outcome, kept: Memory | undefined): string[] {
  if (!kept || kind === "pushed" || kind === "no_change") return [];
  const said = kept.said && `It had got so far: “${oneLine(kept.said)}”`;
  const changed = kept.files.length > 0 ? `Changed and kept: ${listed(kept.files.map(({ path }) => path))}.` : "";
  return [
    [said, changed, "**Retry**, or a message to me in this thread, goes on from there."].filter(Boolean).join(" "),
  ];
}

const shownFiles = 5;

/** `` 2 files, +3 −1: `src/a.js`, `src/b.js` `` */
function sizeOf(files: readonly ChangedFile[]): string[] {
  if (files.length === 0) return [];
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  const paths = files.map(({ path }) => path);
  return [
    `${files.length} ${files.length === 1 ? "file" : "files"}, +${additions} −${deletions}: ${listed(paths, shownFiles)}`,
  ];
}

function listed(files: readonly string[], max = 10): string {
  const shown = files.slice(0, max).map((file) => codeMarkdown(cutWords(file, 200)));
  return files.length > shown.length ? `${shown.join(", ")} and ${files.length - shown.length} more` : shown.join(", ");
}

/** A stranger's or a program's words within one of our sentences. Local addresses say nothing to anybody. */
function oneLine(text: string): string {
  const words = text
    .replace(/https?:\/\/127\.0\.0\.1\S*/g, "…")
    .replace(/\s+/g, " ")
    .trim();
  return inlineMarkdown(cutWords(words, 300).replace(/\.$/, ""));
}

function quoted(summary: string): string {
  const said = oneLine(summary);
  return said ? `The agent said: “${said}”` : "The agent gave no reason.";
}
