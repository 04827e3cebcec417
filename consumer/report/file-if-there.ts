import type { Command } from "../../shared/command.ts";
import { conversationId } from "../../shared/conversation.ts";
import { Failure } from "../../shared/failure.ts";
import { briefly } from "../effect.ts";
import type { CommandNeeds } from "../needs.ts";
import { findIssue } from "./resolve-issue.ts";
import { fileIssue, type Taken, type TakeNeeds, type Try } from "./take-report.ts";

export type FileNeeds = TakeNeeds & Pick<CommandNeeds, "conversations" | "threadIssues" | "now">;

/** Finds and files a fix's issue where the tracker answers: a fix needs none to begin. */
export async function fileIfThere(command: Command, taken: Taken, needs: TakeNeeds): Promise<Taken> {
  if (taken.away !== undefined) return taken;
  try {
    return { ...taken, issue: await fileIssue(command, taken, needs, { options: briefly }) };
  } catch (error) {
    if (!(error instanceof Failure) || !error.retry) throw error;
    return { ...taken, away: error.reply };
  }
}

/** The same for one whose tracker was away, and may be back. By now it fails nothing. */
export async function fileLate(command: Command, taken: Taken, needs: FileNeeds, by: Required<Try>): Promise<Taken> {
  const { effect, linear, conversations, threadIssues, now } = needs;
  const { away, ...known } = taken;
  const { conversation } = command;
  if (away === undefined || !linear) return taken;
  try {
    const lookUp = async () => (await findIssue(taken.clues, linear)) ?? null;
    const found = await effect(`look up issue${by.stage}`, lookUp, by.options);
    const issue = await fileIssue(command, { ...known, issue: found }, needs, by);
    const remember = async () => {
      if (!issue) return;
      await conversations.linkIssue(conversationId(conversation), issue, now());
      await threadIssues.save(conversation, issue.id);
    };
    await effect(`remember issue${by.stage}`, remember, briefly).catch(() => undefined);
    return { ...known, issue };
  } catch (error) {
    return { ...taken, away: error instanceof Failure ? error.reply : "Something broke." };
  }
}
