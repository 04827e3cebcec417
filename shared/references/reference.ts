import type { References } from "../command.ts";
import { emailAddresses } from "./email.ts";
import { githubRepositories } from "./github.ts";
import { linearIssueIds, linearIssueUrls } from "./linear.ts";
import { postHogSessionIds } from "./posthog.ts";

/** The first reference of each kind in `text`. */
export function findReferences(text: string): References {
  const [linear] = linearIssueUrls(text);
  const linearIssueId = linear?.id ?? linearIssueIds(text)[0];
  const [repository] = githubRepositories(text);
  const [postHogSessionId] = postHogSessionIds(text);
  const [userEmail] = emailAddresses(text);
  return {
    ...(linearIssueId && { linearIssueId }),
    ...(linear && { linearIssueUrl: linear.url }),
    ...(repository && { githubRepoUrl: `https://github.com/${repository}` }),
    ...(postHogSessionId && { postHogSessionId }),
    ...(userEmail && { userEmail }),
  };
}
