import { type Command } from "../../shared/command.ts";
import { conversationId } from "../../shared/conversation.ts";
import { Failure } from "../../shared/failure.ts";
import type { Settings } from "../../shared/settings.ts";
import type { Issue, Linear } from "../clients/linear.ts";
import { wholeText } from "../evidence/reported.ts";
import { maskForLinear } from "./mask-for-linear.ts";
import { noteDeed } from "../note-deed.ts";
import { readReport, type Report } from "./read-report.ts";
import { readThread, type ReadThreadNeeds } from "./read-thread.ts";
import { createIssue, findIssue, type IssueClues, issueIdFor } from "./resolve-issue.ts";
import { briefly, type EffectOptions, untilStopped } from "../effect.ts";
import type { Audit } from "../stores/audit.ts";
import type { Conversations, KnownConversation } from "../stores/conversations.ts";
import type { LinearTeams } from "../stores/linear-teams.ts";
import type { ThreadIssues } from "../stores/thread-issues.ts";
import { titleOf, titleOfThread } from "./title.ts";

export interface TakeNeeds extends ReadThreadNeeds {
  linear: Linear | undefined;
  linearTeams: LinearTeams | undefined;
  threadIssues: Pick<ThreadIssues, "find">;
  conversations: Pick<Conversations, "find">;
  record: Audit["record"];
  settings: Settings;
}

/** What a command is about, as far as it is known before anything is made. */
export interface Taken {
  report: Report;
  /** From the report's own first sentence. */
  title: string;
  /** What this conversation was about before. */
  known: KnownConversation;
  /** Null where none is filed yet, or Linear is off. */
  issue: Issue | null;
  /** By what it is looked up. */
  clues: IssueClues;
  /** Why nobody knows yet whether there is one: the tracker does not answer. */
  away?: string;
  threadUrl: string | null;
}

/**
 * Reads the thread and finds its issue. One that nobody named need not be known where `isTrackerNeeded` is false. Throws a `Failure` when
 * nothing was reported.
 */
export async function takeReport(command: Command, needs: TakeNeeds, isTrackerNeeded = true): Promise<Taken> {
  const { effect, linear, threadIssues, conversations, replies } = needs;
  const { conversation } = command;
  const recall = async () => {
    const [found, inKv] = await Promise.all([
      conversations.find(conversationId(conversation)),
      threadIssues.find(conversation),
    ]);
    return { known: found, mapped: [found.issueId, inKv] };
  };
  const recalling = effect("recall", recall, untilStopped);
  const findLink = async () => (await replies(conversation.platform).threadLink(command)) ?? null;
  const linking = linear ? effect("find thread link", findLink, briefly).catch(() => null) : null;
  const [earlier, { known, mapped }, threadUrl] = await Promise.all([readThread(command, needs), recalling, linking]);
  const report = readReport(command, earlier);
  const clues = { ...report.issues, mapped, threadUrl, filedAs: await issueIdFor(conversation) };
  const own = titleOf(report.text) ?? titleOfThread(report.earlier);
  const canDoWithout = !isTrackerNeeded && own !== undefined;
  const patience = { ...untilStopped, ...(canDoWithout && report.issues.named.length === 0 && briefly) };
  const lookUp = async (): Promise<Pick<Taken, "issue" | "away">> => {
    if (!linear) return { issue: null };
    try {
      return { issue: await effect("look up issue", async () => (await findIssue(clues, linear)) ?? null, patience) };
    } catch (error) {
      if (!canDoWithout || !(error instanceof Failure) || !error.retry) throw error;
      return { issue: null, away: error.reply };
    }
  };
  const { issue, ...away } = await lookUp();
  const title = titleOf(report.text) ?? issue?.title ?? own;
  if (!title) {
    throw new Failure("nothing_reported", {
      reply: `What goes wrong? Say it in a sentence: \`@bugbot ${command.name} the total ignores the discount\``,
      retry: false,
    });
  }
  return { report, title, known, issue, clues, ...away, threadUrl };
}

/** Which of a command's tries it is, for the names of its steps, and how patient. */
export interface Try {
  stage?: string;
  options?: EffectOptions;
}

/** The report's issue: the one that was found, else a new one that shows the thread's link. Null where Linear is off. */
export async function fileIssue(
  command: Command,
  taken: Taken,
  needs: TakeNeeds,
  { stage = "", options = untilStopped }: Try = {},
): Promise<Issue | null> {
  const { effect, linear, linearTeams: teams, settings } = needs;
  const { issue, report, title, threadUrl } = taken;
  if (issue || !linear || !teams) return issue;
  const { channelId } = command.conversation;
  const [, ofChannel] =
    settings.LINEAR_CHANNEL_TEAMS.map((pair) => pair.split("=")).find(([id]) => id === channelId) ?? [];
  const mask = maskForLinear(settings, wholeText(taken));
  const teamKey = ofChannel ?? settings.LINEAR_TEAM_KEY;
  const create = async () => {
    const filed = await createIssue({ command, report, title }, { linear, teams, teamKey, threadUrl, mask });
    await noteDeed(command, "filed_issue", { issue: filed.identifier, url: filed.url }, needs);
    return filed;
  };
  const created = await effect(`create issue${stage}`, create, options);
  if (threadUrl !== null) {
    const subtitle = `Reported in ${command.conversation.platform === "slack" ? "Slack" : "Discord"}`;
    const link = async () => {
      await linear.attach({ issueId: created.id, title: "The thread", subtitle, url: threadUrl });
      await noteDeed(command, "linked_thread", { issue: created.identifier, url: threadUrl }, needs);
    };
    await effect(`link thread${stage}`, link, briefly).catch(() => undefined);
  }
  return created;
}
