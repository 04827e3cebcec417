import type { Command } from "../../shared/command.ts";
import { conversationId } from "../../shared/conversation.ts";
import { Failure } from "../../shared/failure.ts";
import type { Issue } from "../clients/linear.ts";
import type { Ending } from "../endings/ending.ts";
import { type Card, compareCards, makeCard } from "../evidence/card.ts";
import { gather, type GatherNeeds } from "../evidence/gather.ts";
import { type PoseNeeds, poseQuestion } from "../evidence/pose-question.ts";
import { reportedAt, reportedIn, wholeText } from "../evidence/reported.ts";
import { writeChatSummary } from "../evidence/write-chat-summary.ts";
import { writeEvidence } from "../evidence/write-evidence.ts";
import { writeIssueComment } from "../evidence/write-issue-comment.ts";
import { maskForLinear } from "../report/mask-for-linear.ts";
import { noteDeed } from "../note-deed.ts";
import type { StatusMessage } from "../replies/status-message.ts";
import type { Conversations } from "../stores/conversations.ts";
import type { Evidence } from "../stores/evidence.ts";
import type { ThreadIssues } from "../stores/thread-issues.ts";
import { fileIssue, type Taken, type TakeNeeds, takeReport } from "../report/take-report.ts";

export interface ContextualizeNeeds extends TakeNeeds, GatherNeeds, PoseNeeds {
  status: Pick<StatusMessage, "note" | "show">;
  evidence: Evidence;
  threadIssues: ThreadIssues;
  conversations: Pick<Conversations, "find" | "rememberIssue">;
}

/** From a report to a card of evidence: on the Linear issue in full, in the thread in short. No container and no model. */
export async function contextualize(command: Command, needs: ContextualizeNeeds): Promise<Ending> {
  const { effect, status, evidence, now } = needs;
  void status.show("start", { text: "⚙️ Gathering what is known…", doing: { stage: "gathering evidence" } });
  const taken = await takeReport(command, needs);
  const { report, known, threadUrl } = taken;
  const { named, around } = report;
  const clues = { named, around, known: known.repository, issueText: taken.issue?.description };
  const question = poseQuestion({ text: wholeText(taken), reportedAt: reportedAt(report), clues }, needs);
  const [filed, gathered] = await Promise.allSettled([fileIssue(command, taken, needs), gather(question, needs)]);
  if (filed.status === "rejected") throw filed.reason;
  if (gathered.status === "rejected") throw gathered.reason;
  const [issue, findings] = [filed.value, gathered.value];

  const subject = issue?.id ?? conversationId(command.conversation);
  const card = await effect("compare with earlier card", async () => {
    const made = makeCard({
      title: issue?.title ?? taken.title,
      reported: reportedIn(report),
      threadUrl: threadUrl ?? undefined,
      findings,
      mask: maskForLinear(needs.settings, wholeText(taken)),
    });
    return compareCards(made, await evidence.find(subject));
  });
  const notes = issue
    ? await Promise.all([rememberIssue(command, taken, issue, needs), writeComment(command, card, issue, needs)])
    : [["Linear is not set up: this is all there is of the card."]];
  // Only what somebody has seen is not new the next time.
  await effect("keep card", () => evidence.save(subject, card, now())).catch(() => undefined);
  return {
    outcome: "succeeded",
    reply: writeChatSummary({ card, issue: issue ?? undefined, notes: notes.flat() }),
    button: "fix",
    ...(issue && { issue: issue.identifier, links: [{ label: "Open issue", url: issue.url }] }),
  };
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
    await effect("write comment", async () => {
      const url = await writeEvidence(issue.id, body, card.isUpdate, { linear, evidence });
      await noteDeed(command, "commented", { issue: issue.identifier, url }, needs);
    });
    return [];
  } catch (error) {
    if (!(error instanceof Failure) || error.retry) throw error;
    return [`The card is not in Linear: ${error.reply}`];
  }
}
