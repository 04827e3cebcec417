import type { Command } from "../../shared/command.ts";
import { conversationId } from "../../shared/conversation.ts";
import { Failure } from "../../shared/failure.ts";
import type { Issue } from "../clients/linear.ts";
import { briefly, untilStopped } from "../effect.ts";
import type { Ending } from "../endings/ending.ts";
import { type Card, compareCards, makeCard } from "../evidence/card.ts";
import { gather, type GatherNeeds } from "../evidence/gather.ts";
import { type PoseNeeds, poseQuestion } from "../evidence/pose-question.ts";
import { reportedAt, reportedIn, wholeText } from "../evidence/reported.ts";
import { linkMarkdown } from "../evidence/untrusted-markdown.ts";
import { writeChatSummary } from "../evidence/write-chat-summary.ts";
import { writeEvidence } from "../evidence/write-evidence.ts";
import { writeIssueComment } from "../evidence/write-issue-comment.ts";
import { maskForLinear } from "../report/mask-for-linear.ts";
import { noteDeed } from "../note-deed.ts";
import type { StatusMessage } from "../replies/status-message.ts";
import type { Commands } from "../stores/commands.ts";
import type { Conversations } from "../stores/conversations.ts";
import type { Evidence } from "../stores/evidence.ts";
import type { ThreadIssues } from "../stores/thread-issues.ts";
import { fileIssue, type Taken, type TakeNeeds, takeReport } from "../report/take-report.ts";

export interface ContextualizeNeeds extends TakeNeeds, GatherNeeds, PoseNeeds {
  status: Pick<StatusMessage, "note" | "show">;
  evidence: Evidence;
  threadIssues: ThreadIssues;
  commands: Pick<Commands, "stopRequested">;
  conversations: Pick<Conversations, "find" | "rememberIssue">;
}

/** From a report to a card of evidence: on the Linear issue in full, in the thread in short. No container and no model. */
export async function contextualize(command: Command, needs: ContextualizeNeeds): Promise<Ending> {
  const { effect, status, evidence, commands, now } = needs;
  void status.show("start", { text: "⚙️ Gathering what is known…", doing: { stage: "gathering evidence" } });
  const taken = await takeReport(command, needs);
  const { report, known, threadUrl } = taken;
  const { named, around } = report;
  const clues = { named, around, known: known.repository, issueText: taken.issue?.description };
  const question = poseQuestion({ text: wholeText(taken), reportedAt: reportedAt(report), clues }, needs);
  const file = async () => ((await isStopped("issue")) ? taken.issue : fileIssue(command, taken, needs));
  const [filed, gathered] = await Promise.allSettled([file(), gather(question, needs)]);
  if (filed.status === "rejected" && isStop(filed.reason)) return stoppedAt(taken.issue, "is as it was");
  if (filed.status === "rejected") throw filed.reason;
  if (gathered.status === "rejected") throw gathered.reason;
  const [issue, findings] = [filed.value, gathered.value];

  const subject = issue?.id ?? conversationId(command.conversation);
  const compare = async () => {
    const made = makeCard({
      title: issue?.title ?? taken.title,
      reported: reportedIn(report),
      threadUrl: threadUrl ?? undefined,
      findings,
      mask: maskForLinear(needs.settings, wholeText(taken)),
    });
    return compareCards(made, await evidence.find(subject));
  };
  const [card, stopped] = await Promise.all([effect("compare with earlier card", compare), isStopped("card")]);
  if (stopped) return stoppedAt(issue, taken.issue ? "is as it was" : "was filed before");
  const noted = issue
    ? await Promise.all([
        rememberIssue(command, taken, issue, needs),
        writeComment(command, card, issue, needs).catch(unlessStopped),
      ])
    : [["Linear is not set up: this is all there is of the card."]];
  const notes = noted.flatMap((words) => words ?? []);
  if (noted.some((words) => words === undefined))
    return stoppedAt(issue, taken.issue ? "is as it was" : "was filed before");
  // Only what somebody has seen is not new the next time.
  const [stoppedLate] = await Promise.all([
    isStopped("summary"),
    effect("keep card", () => evidence.save(subject, card, now()), briefly).catch(() => undefined),
  ]);
  if (stoppedLate) return stoppedAt(issue, "has the card already");
  return {
    outcome: "succeeded",
    reply: writeChatSummary({ card, issue: issue ?? undefined, notes }),
    button: "fix",
    ...aboutIssue(issue),
  };

  function isStopped(stage: string): Promise<boolean> {
    return effect(`stop asked before ${stage}`, () => commands.stopRequested(command.id));
  }
}

function isStop(error: unknown): boolean {
  return error instanceof Failure && error.code === "stopped";
}

/** Undefined for a stop. Anything else is thrown on. */
function unlessStopped(error: unknown): undefined {
  if (!isStop(error)) throw error;
  return undefined;
}

/** The last word of one that was stopped: what had been done. */
function stoppedAt(issue: Issue | null, state: string): Ending {
  const done = issue ? `${linkMarkdown(issue.identifier, issue.url)} ${state}.` : "Nothing was written.";
  return { outcome: "stopped", reply: `Stopped. ${done}`, ...aboutIssue(issue) };
}

function aboutIssue(issue: Issue | null): Pick<Ending, "issue" | "links"> {
  return issue ? { issue: issue.identifier, links: [{ label: "Open issue", url: issue.url }] } : {};
}

/** The thread is about this issue from now on; says so where it was about another. */
async function rememberIssue(
  { conversation }: Command,
  { known }: Taken,
  issue: Issue,
  { effect, conversations, threadIssues, now }: ContextualizeNeeds,
): Promise<string[]> {
  await effect("remember issue", async () => {
    await conversations.rememberIssue(conversationId(conversation), issue, now());
    await threadIssues.save(conversation, issue.id);
  });
  if (known.issueId === null || known.issueId === issue.id) return [];
  return [
    `This thread is now about ${issue.identifier}; it was about ${known.issueIdentifier ?? "another issue"} before.`,
  ];
}

/** One comment an issue, written anew each time. Where Linear does not take it, the thread is told. */
async function writeComment(command: Command, card: Card, issue: Issue, needs: ContextualizeNeeds): Promise<string[]> {
  const { effect, linear, evidence } = needs;
  if (!linear) return [];
  const body = writeIssueComment(card);
  try {
    const write = async () => {
      const url = await writeEvidence(issue.id, body, card.isUpdate, { linear, evidence });
      await noteDeed(command, "commented", { issue: issue.identifier, url }, needs);
    };
    await effect("write comment", write, untilStopped);
    return [];
  } catch (error) {
    if (!(error instanceof Failure) || error.retry || error.code === "stopped") throw error;
    return [`The card is not in Linear: ${error.reply}`];
  }
}
