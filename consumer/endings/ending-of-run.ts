import type { Job, Memory, Outcome } from "../../shared/job.ts";
import { cutWords } from "../evidence/cut-words.ts";
import { codeMarkdown, inlineMarkdown } from "../evidence/untrusted-markdown.ts";
import { usd } from "./bill.ts";
import type { Ending } from "./ending.ts";
import { pathsInWords } from "./paths-in-words.ts";
import { linkTo, type Standing, standingInWords, unpushedInWords } from "./what-stands.ts";

export interface RunFacts {
  /** The repository and issue, as Markdown links. */
  where: string;
  allowedPaths: readonly string[];
  limits: Job["limits"];
  /** What there is of the thread's fix all the same. */
  standing: Standing;
  /** Whether the run pushed something that may not stay. */
  isTakenBack?: boolean | undefined;
  /** What the next run will know of this one. */
  kept?: Memory | undefined;
}

/** The last word about a run that left nothing to propose. */
export function endingOfRun(
  outcome: Outcome,
  { where, allowedPaths, limits, standing, isTakenBack, kept }: RunFacts,
): Ending {
  const { usage } = outcome;
  const ending = (result: Ending["outcome"], words: string): Ending => ({
    outcome: result,
    reply: [words, ...keptLines(outcome, kept)].join("\n"),
    usage,
    ...linkTo(standing),
  });
  const pushed = unpushedInWords(standing, { isTakenBack });
  const pushedThere = unpushedInWords(standing, { where, isTakenBack });
  const timedOut = (of: string) =>
    ending("timed_out", sentences(`⏳ Out of ${of} before I was done in ${where}.`, pushed));
  switch (outcome.kind) {
    // What was pushed holds nothing that is not there already.
    case "pushed":
    case "no_change":
      return unchanged(outcome.summary);
    case "outside_allowed_paths": {
      const refused = `❌ The fix would change files I may not touch: ${listed(outcome.files)}. Allowed: ${pathsInWords(allowedPaths)}.`;
      return ending("failed", sentences(refused, pushed));
    }
    case "out_of_turns":
      return timedOut(`turns (${limits.maxTurns})`);
    case "out_of_budget":
      return timedOut(`budget (${usd(limits.maxCostUsd)})`);
    case "out_of_time":
      return timedOut(`time (${limits.wallClockMs / 60_000} min)`);
    case "stopped":
      return ending("stopped", sentences("Stopped.", pushedThere));
    case "agent_failed":
      return {
        ...ending("failed", sentences(`❌ The agent failed: ${oneLine(outcome.reason)}.`, pushedThere)),
        died: `agent_failed: ${outcome.reason}`,
      };
    case "git_failed": {
      const words = `❌ git could not ${outcome.stage} in ${where}: ${oneLine(outcome.reason)}.`;
      return {
        ...ending("failed", sentences(words, standingInWords(standing))),
        died: `git_failed: ${outcome.stage}: ${outcome.reason}`,
      };
    }
    default:
      return outcome satisfies never;
  }

  function unchanged(summary: string): Ending {
    const stands = standingInWords(standing, where);
    if (standing.kind === "pull_request" && (standing.state === "open" || standing.state === "merged"))
      return ending("succeeded", sentences("✅ Nothing was left to change.", stands, quoted(summary)));
    if (standing.kind === "none")
      return ending(
        "failed",
        sentences(`❌ No change came out of it, so there is no pull request in ${where}.`, quoted(summary)),
      );
    return ending("failed", sentences(`❌ No change came out of it.`, stands, quoted(summary)));
  }
}

/** What had been done, where the run ended before its work was whole. */
function keptLines({ kind }: Outcome, kept: Memory | undefined): string[] {
  if (!kept || kind === "pushed" || kind === "no_change") return [];
  const said = kept.said && `It had got so far: “${oneLine(kept.said)}”`;
  const changed = kept.files.length > 0 ? `Changed and kept: ${listed(kept.files.map(({ path }) => path))}.` : "";
  return [sentences(said, changed, "**Retry**, or a message to me in this thread, goes on from there.")];
}

function sentences(...all: string[]): string {
  return all.filter((one) => one !== "").join(" ");
}

/** Files' names as Markdown, at most `max` of them. */
export function listed(files: readonly string[], max = 10): string {
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
