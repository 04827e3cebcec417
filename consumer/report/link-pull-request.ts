import type { Command } from "../../shared/command.ts";
import { Failure } from "../../shared/failure.ts";
import type { Issue } from "../clients/linear.ts";
import { briefly } from "../effect.ts";
import { noteDeed } from "../note-deed.ts";
import type { CommandNeeds } from "../needs.ts";
import { moveToReview } from "./move-to-review.ts";
import type { Try } from "./take-report.ts";

export interface LinkedPullRequest {
  number: number;
  url: string;
  title: string;
}

type Needs = Pick<CommandNeeds, "effect" | "linear" | "linearTeams" | "record">;

/** Shows a pull request on its issue, and puts the issue into review. Answers why it is not linked; undefined where it is. Never throws. */
export async function linkPullRequest(
  command: Command,
  issue: Issue,
  { number, url, title }: LinkedPullRequest,
  needs: Needs,
  { stage = "", options = briefly }: Try = {},
): Promise<Failure | undefined> {
  const { effect, linear, linearTeams: teams } = needs;
  if (!linear || !teams) return undefined;
  const link = async () => {
    const subtitle = `Pull request #${number} by bugbot`;
    await linear.attach({ issueId: issue.id, title, subtitle, url });
    await noteDeed(command, "linked_pull_request", { issue: issue.identifier, url }, needs);
  };
  const move = async () => {
    if (!(await moveToReview(issue, { linear, teams }))) return;
    await noteDeed(command, "moved_to_review", { issue: issue.identifier }, needs);
  };
  const failure = await effect(`link pull request${stage}`, link, options).then(() => undefined, asFailure);
  // Who does not answer need not be asked again now.
  if (!failure?.retry) await effect(`move issue to review${stage}`, move, briefly).catch(() => undefined);
  return failure;
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure("bug", { reply: "Something broke.", retry: false, cause: error });
}
