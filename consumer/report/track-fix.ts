import type { Command } from "../../shared/command.ts";
import { dayMs } from "../../shared/limits.ts";
import { linkMarkdown } from "../evidence/untrusted-markdown.ts";
import type { CommandNeeds } from "../needs.ts";
import { fileLate, type FileNeeds } from "./file-if-there.ts";
import { type LinkedPullRequest, linkPullRequest } from "./link-pull-request.ts";
import type { Taken } from "./take-report.ts";

type Needs = FileNeeds & Pick<CommandNeeds, "later">;

/**
 * Links a fix's pull request, where there is one, with its issue. Answers what the person should know of it: where Linear does not answer, the
 * issue is filed and linked when it does, within a day, and the last word then says so.
 */
export async function trackFix(
  command: Command,
  filed: Taken,
  pullRequest: LinkedPullRequest | undefined,
  needs: Needs,
): Promise<string | undefined> {
  const failure =
    filed.issue && pullRequest ? await linkPullRequest(command, filed.issue, pullRequest, needs) : undefined;
  const why = failure?.reply ?? filed.away;
  if (why === undefined) return undefined;
  if (failure && !failure.retry) return notLinked(why);
  const note = `${why} I ${pullRequest ? "link" : "file"} the issue when it is back.`;
  needs.later(async () => {
    const by = { stage: " later", options: { forMs: dayMs } };
    const { issue, away } = await fileLate(command, filed, needs, by);
    const linked = issue && pullRequest ? await linkPullRequest(command, issue, pullRequest, needs, by) : undefined;
    const still = issue ? linked?.reply : (away ?? why);
    const link = issue && linkMarkdown(issue.identifier, issue.url);
    const word = still === undefined ? `The issue is ${link}.` : notLinked(still);
    return (ending) => ({ ...ending, reply: ending.reply.replace(note, () => word) });
  });
  return note;
}

function notLinked(why: string): string {
  return `It is not linked in Linear: ${why}`;
}
