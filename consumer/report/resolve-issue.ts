import type { Command } from "../../shared/command.ts";
import { type Conversation, conversationId } from "../../shared/conversation.ts";
import { Failure } from "../../shared/failure.ts";
import { issueWordsLength, maxIssueTextLength, movedIssues, namedIssues } from "../../shared/limits.ts";
import { distinctIssues, type NamedIssue } from "../../shared/references/linear.ts";
import type { Issue, Linear, Team } from "../clients/linear.ts";
import { shortenQuotes } from "../evidence/card.ts";
import { cutLines } from "../evidence/cut-words.ts";
import { inlineMarkdown, linkMarkdown, quoteMarkdown } from "../evidence/untrusted-markdown.ts";
import type { Report } from "./read-report.ts";
import { speakerOf, wordsOf } from "./said.ts";
import type { LinearTeams } from "../stores/linear-teams.ts";
import { stableUuid } from "../stable-id.ts";

/** What points to an issue. What is closer comes first. */
export interface IssueClues {
  /** In the asker's own words. */
  named: readonly NamedIssue[];
  /** In the thread and the message around them. */
  around?: readonly NamedIssue[];
  /** What the thread is known to be about: its issue in D1, then in KV, which may be out of date. */
  mapped?: readonly (string | null)[];
  /** An open issue may show this page. */
  threadUrl?: string | null;
  /** The id of the one that was filed for this conversation, if any was. */
  filedAs?: string;
}

/**
 * The issue a command is about. Takes one call, and three more at most where an id may be one that an issue had before it was moved.
 * Throws a `Failure` when all that the asker names are unknown.
 */
export async function findIssue(
  { named, around = [], mapped = [], threadUrl = null, filedAs = "" }: IssueClues,
  linear: Pick<Linear, "lookUp" | "issue">,
): Promise<Issue | undefined> {
  const asked = distinctIssues(named).slice(0, namedIssues.named);
  const all = distinctIssues([...asked, ...around]).slice(0, asked.length + namedIssues.around);
  const known = [...mapped, filedAs].filter((id) => id !== null);
  const { issues, teamKeys, linked } = await linear.lookUp([...all.map(({ id }) => id), ...known], threadUrl);
  const found = new Map<string, Issue>();
  for (const issue of issues) found.set(issue.id, issue).set(issue.identifier, issue);

  const missing = before(asked).filter(isIssue);
  await lookForMoved(missing.slice(0, movedIssues.named));
  const own = firstOf(asked);
  if (own) return own;
  if (missing[0]) {
    throw new Failure("issue_not_found", {
      reply: `I cannot find ${missing[0].id} in Linear. Check its number, or leave it out and I will file a new issue.`,
      retry: false,
    });
  }
  // Last what looks like a word: a team may have changed its key.
  const doubtful = before(all);
  await lookForMoved([...doubtful.filter(isIssue), ...doubtful].slice(0, movedIssues.other));
  const mappedTo = known.slice(0, -1).map((id) => ({ id }));
  return firstOf(all) ?? firstOf(mappedTo) ?? linked ?? found.get(filedAs);

  /** `UTF-8` looks like an issue too: only a URL or a team's key makes it one. */
  function isIssue({ id, url }: NamedIssue): boolean {
    return url !== undefined || teamKeys.includes(id.slice(0, id.indexOf("-")));
  }
  function firstOf(some: readonly NamedIssue[]): Issue | undefined {
    return some.map(({ id }) => found.get(id)).find((issue) => issue !== undefined);
  }
  function before(some: readonly NamedIssue[]): NamedIssue[] {
    const at = some.findIndex(({ id }) => found.has(id));
    return some.slice(0, at < 0 ? undefined : at);
  }
  async function lookForMoved(some: readonly NamedIssue[]): Promise<void> {
    for (const { id } of some) {
      const issue = await linear.issue(id);
      if (issue) return void found.set(id, issue);
    }
  }
}

/** The id of the issue that is filed for a conversation: a thread never files twice. */
export function issueIdFor(conversation: Conversation): Promise<string> {
  return stableUuid(`issue ${conversationId(conversation)}`);
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

/** Files the report. */
export async function createIssue(
  { command, report, title }: NewIssue,
  { linear, teams, teamKey, threadUrl, mask }: CreateIssueNeeds,
): Promise<Issue> {
  const id = await issueIdFor(command.conversation);
  const description = describe(command, report, { threadUrl, mask });
  const fileIn = (team: Team) => {
    const labelIds = team.labels.nodes.filter(({ name }) => name.toLowerCase() === "bug").map((label) => label.id);
    return linear.createIssue({ id, teamId: team.id, title, description, labelIds });
  };
  const team = (await teams.find(teamKey)) ?? noTeam(teamKey);
  try {
    return await fileIn(team);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "linear_rejected") throw error;
    // Linear documents no wording for a taken id: whatever it refused, the issue under that id is the answer.
    const { issue, team: fresh } = await linear.issueAndTeam(id, teamKey);
    if (issue) return issue;
    // What was kept of the team may be out of date.
    await teams.keep(teamKey, fresh);
    if (JSON.stringify(fresh) === JSON.stringify(team)) throw error;
    return fileIn(fresh ?? noTeam(teamKey));
  }
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
  const platform = conversation.platform === "slack" ? "Slack" : "Discord";
  const said = [{ author: report.author, text: wordsOf(report) }];
  const before = report.earlier.map((one) => ({ author: speakerOf(one), text: wordsOf(one) }));
  const [reported, ...thread] = shortenQuotes([...said, ...before], { mask, length: issueWordsLength });
  const author = inlineMarkdown(reported?.author ?? "");
  const parts = [
    reported?.text
      ? `Reported in ${platform} by ${author}:\n\n${quoteMarkdown(reported.text)}`
      : `Asked for in ${platform} by ${author}.`,
    ...thread.map((one) => `Said before by ${inlineMarkdown(one.author)}:\n\n${quoteMarkdown(one.text)}`),
  ];
  return [
    cutLines(parts.join("\n\n"), maxIssueTextLength),
    ...(threadUrl ? [linkMarkdown("Open the thread", threadUrl)] : []),
  ].join("\n\n");
}
