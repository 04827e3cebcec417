import type { Checkout } from "./checkout.ts";
import type { Environment } from "./environment.ts";
import { bot } from "../shared/bot.ts";
import type { Job } from "../shared/job.ts";
import type { Git } from "./git.ts";
import { maxAuthorLength, maxSubjectLength, maxSummaryLength } from "./limits.ts";
import { plainLine, plainText } from "./plain-text.ts";

const identity: Environment = {
  GIT_AUTHOR_NAME: bot.name,
  GIT_AUTHOR_EMAIL: bot.email,
  GIT_COMMITTER_NAME: bot.name,
  GIT_COMMITTER_EMAIL: bot.email,
};

/** Makes one commit of the index on top of the commit the agent started from. Answers its id. */
export async function commitChanges(
  { commit }: Checkout,
  { commitSubject, coAuthor }: Pick<Job, "commitSubject" | "coAuthor">,
  summary: string,
  git: Git,
): Promise<string> {
  const tree = (await git(["write-tree"])).toString().trim();
  const message = [
    plainLine(commitSubject, maxSubjectLength),
    withoutTrailers(plainText(summary, maxSummaryLength)),
    ...(coAuthor ? [trailer(coAuthor)] : []),
  ].filter(Boolean);
  const input = `${message.join("\n\n")}\n`;
  return (await git(["commit-tree", tree, "-p", commit, "-F", "-"], { env: identity, input })).toString().trim();
}

/** Who wrote, signed or reviewed a commit is not the agent's to say. */
function withoutTrailers(text: string): string {
  return text.replace(/^[^\S\n]*[\w-]+-by[^\S\n]*:.*$/gim, "").trim();
}

function trailer({ name, email }: NonNullable<Job["coAuthor"]>): string {
  return `Co-authored-by: ${plainLine(name.replace(/[<>]/g, ""), maxAuthorLength)} <${email}>`;
}
