import type { Command } from "../../shared/command.ts";
import { conversationId } from "../../shared/conversation.ts";
import { Failure } from "../../shared/failure.ts";
import { automatedCommandsAnHour } from "../../shared/limits.ts";
import type { Effect } from "../effect.ts";
import type { Outside } from "../needs.ts";
import { utcClock } from "../../shared/utc-clock.ts";

/** Two bots that answer each other would never end: throws a `Failure` when other bots have asked too often about the same thing. */
export async function guardLoops(
  command: Command,
  { effect, automation, threadIssues, now }: Pick<Outside, "automation" | "threadIssues" | "now"> & { effect: Effect },
): Promise<void> {
  const { author, conversation, references } = command;
  if (!author.bot) return;
  const thread = conversationId(conversation);
  const { number, hourEndsAt, issue } = await effect("count automated command", async () => {
    const named = references.linearIssueId?.toUpperCase();
    const about = named ?? (await automation.issueOf(thread, await threadIssues.find(conversation)));
    const counted = await automation.count({ commandId: command.id, conversationId: thread, issue: about }, now());
    return { ...counted, issue: about ?? null };
  });
  if (number <= automatedCommandsAnHour) return;
  if (number > automatedCommandsAnHour + 1) throw new Failure("loop_ignored", { reply: "", retry: false });
  const what = issue ? `about ${issue}` : "in this thread";
  throw new Failure("loop_refused", {
    reply: `Other bots have asked me ${automatedCommandsAnHour} times within an hour ${what}. So as not to go round in circles I answer them no more until ${utcClock(hourEndsAt)}. People can go on asking.`,
    retry: false,
  });
}
