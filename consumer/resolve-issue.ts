import type { Command, References } from "../shared/command.ts";
import { conversationId } from "../shared/conversation.ts";
import { Failure } from "../shared/failure.ts";
import type { Issue, Linear, Team } from "./clients/linear.ts";
import { maxIssueTextLength } from "../shared/limits.ts";
import { stripHidden } from "../shared/plain-text.ts";
import type { Report } from "./read-report.ts";
import { speakerOf, wordsOf } from "./said.ts";
import type { LinearTeams } from "./stores/linear-teams.ts";
import { stableUuid } from "./stable-id.ts";
import { oneLine } from "./title.ts";

export interface FindIssueNeeds {
  linear: Linear;
  teams: LinearTeams;
  /** What the thread is known to be about: its issue in KV, then in D1. */
  mapped: readonly (string | null)[];
}

export interface IssueClues {
  /** In the asker's own words. */
  named: References;
  /** In the thread and the message around them. */
  around: References;
}

/**
 * The issue a command is about: the one it names, the one its thread names, or the one the thread is mapped to. Throws a `Failure`
 * when the asker names one that is unknown.
 */
export async function findIssue(
  { named, around }: IssueClues,
  { linear, teams, mapped }: FindIssueNeeds,
): Promise<Issue | undefined> {
  const { linearIssueId: id, linearIssueUrl: url } = named;
  if (id) {
    const issue = await linear.issue(id);
    if (issue) return issue;
    const [team = ""] = id.split("-");
    // `UTF-8` looks like an issue too: only a team's key makes it one.
    if (url || (await teams.find(team))) {
      throw new Failure("issue_not_found", {
        reply: `I cannot find ${id} in Linear. Check its number, or leave it out and I will file a new issue.`,
        retry: false,
      });
    }
  }
  const known = [around.linearIssueId === id ? undefined : around.linearIssueId, ...mapped];
  for (const candidate of new Set(known.filter((one) => typeof one === "string"))) {
    const issue = await linear.issue(candidate);
    if (issue) return issue;
  }
  return undefined;
}

export interface CreateIssueNeeds {
  linear: Linear;
  teams: LinearTeams;
  teamKey?: string | undefined;
  threadUrl: string | null;
  /** Hides what must not be shown of people. */
  mask: (text: string) => string;
}

export interface NewIssue {
  command: Command;
  report: Report;
  title: string;
}

/** Files the report. The id is the conversation's, so a thread never files twice. */
export async function createIssue(
  { command, report, title }: NewIssue,
  { linear, teams, teamKey, threadUrl, mask }: CreateIssueNeeds,
): Promise<Issue> {
  const id = await stableUuid(`issue ${conversationId(command.conversation)}`);
  const description = describe(command, report, { threadUrl, mask });
  const fileIn = (team: Team) => {
    const labelIds = team.labels.nodes.filter(({ name }) => name.toLowerCase() === "bug").map((label) => label.id);
    return linear.createIssue({ id, teamId: team.id, title, description, labelIds });
  };
  const team = (await teams.find(teamKey)) ?? noTeam(teamKey);
  let refused: unknown;
  try {
    return await fileIn(team);
  } catch (error) {
    if (!isRejected(error)) throw error;
    refused = error;
  }
  // What was kept of the team may be out of date.
  const fresh = (await teams.refresh(teamKey)) ?? noTeam(teamKey);
  try {
    if (JSON.stringify(fresh) !== JSON.stringify(team)) return await fileIn(fresh);
  } catch (error) {
    if (!isRejected(error)) throw error;
    refused = error;
  }
  // Linear documents no wording for a taken id: whatever it refused, the issue under that id is the answer.
  const existing = await linear.issue(id);
  if (existing) return existing;
  throw refused;
}

function isRejected(error: unknown): boolean {
  return error instanceof Failure && error.code === "linear_rejected";
}

function noTeam(key: string | undefined): never {
  const which = key ? `a team with the key ${key} (LINEAR_TEAM_KEY or LINEAR_CHANNEL_TEAMS)` : "any team";
  throw new Failure("linear_team_not_found", { reply: `I cannot see ${which} in Linear.`, retry: false });
}

function describe(
  { conversation }: Command,
  report: Report,
  { threadUrl, mask }: Pick<CreateIssueNeeds, "threadUrl" | "mask">,
): string {
  const words = wordsOf(report);
  const author = oneLine(report.author);
  const platform = conversation.platform === "slack" ? "Slack" : "Discord";
  const thread = report.earlier.map((said) => `Said before by ${oneLine(speakerOf(said))}:\n\n${quote(wordsOf(said))}`);
  const said = [
    words === "" ? `Asked for in ${platform} by ${author}.` : `Reported in ${platform} by ${author}:`,
    ...(words === "" ? [] : [quote(words)]),
    ...thread,
  ];
  return [
    mask(said.join("\n\n")).slice(0, maxIssueTextLength).toWellFormed(),
    ...(threadUrl ? [`[Open the thread](${threadUrl})`] : []),
  ].join("\n\n");
}

function quote(text: string): string {
  return stripHidden(text)
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n");
}
