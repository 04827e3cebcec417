import type { Command } from "../../shared/command.ts";
import type { Job } from "../../shared/job.ts";
import { isEmail } from "../../shared/references/email.ts";
import type { Settings } from "../../shared/settings.ts";

/** Who asked, for the commit; nobody whose address the operator has not given: a commit is public, and stays. */
export function coAuthorOf(
  { author }: Pick<Command, "author">,
  { BUGBOT_COAUTHORS }: Pick<Settings, "BUGBOT_COAUTHORS">,
): Job["coAuthor"] {
  const pair = BUGBOT_COAUTHORS.find((one) => one.startsWith(`${author.id}=`));
  const email = pair?.slice(author.id.length + 1) ?? "";
  if (!isEmail(email)) return undefined;
  // GitHub's own address for somebody: 12345+octocat@users.noreply.github.com
  const account = email.replace(/@.*$/, "").replace(/^\d+\+/, "");
  return { name: author.name?.trim() || account, email };
}
