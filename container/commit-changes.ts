import type { Checkout } from "./checkout.ts";
import type { Environment } from "./environment.ts";
import type { Git } from "./git.ts";
import { maxSubjectLength, maxSummaryLength } from "./limits.ts";
import { plainLine, plainText } from "./plain-text.ts";

const name = "bugbot";
const email = "bugbot@users.noreply.github.com";
const identity: Environment = {
  GIT_AUTHOR_NAME: name,
  GIT_AUTHOR_EMAIL: email,
  GIT_COMMITTER_NAME: name,
  GIT_COMMITTER_EMAIL: email,
};

/** Makes one commit of the index on top of the commit the agent started from. Answers its id. */
export async function commitChanges({ commit }: Checkout, subject: string, summary: string, git: Git): Promise<string> {
  const tree = (await git(["write-tree"])).toString().trim();
  const message = [plainLine(subject, maxSubjectLength), plainText(summary, maxSummaryLength)].filter(Boolean);
  const input = `${message.join("\n\n")}\n`;
  return (await git(["commit-tree", tree, "-p", commit, "-F", "-"], { env: identity, input })).toString().trim();
}
