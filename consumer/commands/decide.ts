import type { Command } from "../../shared/command.ts";
import { scopeOf } from "../../shared/conversation.ts";
import { lastWordAttempts } from "../../shared/limits.ts";
import type { Ending } from "../endings/ending.ts";
import type { CommandNeeds } from "../needs.ts";

type Verdict = "approved" | "declined" | "own" | "not_approver" | "changed" | "over";

/** A press on Approve or Decline: counts for exactly the plan that the button stood under, and from somebody who asked for none of it. */
export async function decide(
  command: Command,
  decision: "approved" | "declined",
  needs: CommandNeeds,
): Promise<Ending> {
  const { effect, wake } = needs;
  const [about = "", plan = ""] = command.text.split(/\s+/);
  const verdict = await effect("decide", () => judge(command, { about, plan, decision }, needs));
  if (verdict === "approved" || verdict === "declined") {
    // Its Workflow sleeps until it hears of it.
    await effect("wake", () => wake(about), { attempts: lastWordAttempts });
  }
  const reply = words[verdict];
  return verdict === decision ? { outcome: "succeeded", reply } : { outcome: "refused", reply: `❌ ${reply}` };
}

const words: Record<Verdict, string> = {
  approved: "Approved.",
  declined: "Declined.",
  own: "You asked for this, or added to it: somebody else has to approve it.",
  not_approver: "You are not one of those who may approve. Whoever runs bugbot can add you to BUGBOT_APPROVERS.",
  changed: "The plan has changed since, or somebody has answered already. Look at the newest message.",
  over: "There is nothing to approve here any more.",
};

async function judge(
  command: Command,
  { about, plan, decision }: { about: string; plan: string; decision: "approved" | "declined" },
  { approvals, commands, messagesToRuns, settings, now }: CommandNeeds,
): Promise<Verdict> {
  const { author, conversation } = command;
  const found = await approvals.find(about);
  const isHere = found?.conversationId.startsWith(scopeOf(conversation));
  const asker = await commands.authorOfUnended(about);
  if (!found || !isHere || asker === null) return "over";
  if (author.bot) return "not_approver";
  const askers = [asker, ...(await messagesToRuns.of(about)).map(({ authorId }) => authorId)];
  const isApprover = settings.BUGBOT_APPROVERS.length === 0 || settings.BUGBOT_APPROVERS.includes(author.id);
  // Whoever asked may still take it back.
  if (decision === "approved" && askers.includes(author.id)) return "own";
  if (!isApprover && !(decision === "declined" && author.id === asker)) return "not_approver";
  const after = await approvals.decide(about, plan, { decision, by: author.id }, now());
  return after?.plan === plan && after.decision === decision && after.decidedBy === author.id ? decision : "changed";
}
