import type { Command, References } from "../shared/command.ts";
import { conversationId } from "../shared/conversation.ts";
import { Failure } from "../shared/failure.ts";
import type { Issue, Linear } from "./clients/linear.ts";
import { stripHidden } from "../shared/plain-text.ts";
import type { Report } from "./read-report.ts";
import { speakerOf, wordsOf } from "./said.ts";
import { stableUuid } from "./stable-id.ts";

export interface FindIssueNeeds {
  linear: Linear;
  /** The thread's issue in KV, else in D1. */
  mapped: string | null;
}

/** The issue a command is about: the one it names, else its thread's. Throws a `Failure` when the named one is unknown. */
export async function findIssue(
  { linearIssueId: named, linearIssueUrl: url }: References,
  { linear, mapped }: FindIssueNeeds,
): Promise<Issue | undefined> {
  if (named) {
    const issue = await linear.issue(named);
    if (issue) return issue;
    const [team = ""] = named.split("-");
    // `UTF-8` looks like an issue too: only a team's key makes it one.
    if (url || (await linear.teamId(team))) {
      throw new Failure("issue_not_found", {
        reply: `I cannot find ${named} in Linear. Check its number, or leave it out and I will file a new issue.`,
        retry: false,
      });
    }
  }
  return mapped ? linear.issue(mapped) : undefined;
}

export interface CreateIssueNeeds {
  linear: Linear;
  teamKey?: string | undefined;
  permalink?: string | undefined;
}

export interface NewIssue {
  command: Command;
  report: Report;
  title: string;
}

/** Files the report. The id is the conversation's, so a thread never files twice. */
export async function createIssue(
  { command, report, title }: NewIssue,
  { linear, teamKey, permalink }: CreateIssueNeeds,
): Promise<Issue> {
  const teamId = await linear.teamId(teamKey);
  if (!teamId) {
    const which = teamKey ? `a team with the key ${teamKey} (LINEAR_TEAM_KEY)` : "any team";
    throw new Failure("linear_team_not_found", { reply: `I cannot see ${which} in Linear.`, retry: false });
  }
  const id = await stableUuid(`issue ${conversationId(command.conversation)}`);
  return linear.createIssue({ id, teamId, title, description: describe(command, report, permalink) });
}

function describe({ conversation }: Command, report: Report, permalink: string | undefined): string {
  const words = wordsOf(report);
  const platform = conversation.platform === "slack" ? "Slack" : "Discord";
  const thread = report.earlier.map((said) => `Said before by ${speakerOf(said)}:\n\n${quote(wordsOf(said))}`);
  return [
    words === "" ? `Asked for in ${platform} by ${report.author}.` : `Reported in ${platform} by ${report.author}:`,
    ...(words === "" ? [] : [quote(words)]),
    ...thread,
    ...(permalink ? [`[Open the thread](${permalink})`] : []),
  ].join("\n\n");
}

function quote(text: string): string {
  return stripHidden(text)
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n");
}
