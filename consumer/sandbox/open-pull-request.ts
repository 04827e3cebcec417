import type { Command } from "../../shared/command.ts";
import type { Usage } from "../../shared/job.ts";
import type { GitHub, PullRequest, Repository } from "../clients/github.ts";
import type { Issue } from "../clients/linear.ts";
import type { Effect } from "../effect.ts";
import { costLine } from "../bill.ts";
import { stripHidden } from "../../shared/plain-text.ts";
import type { Report } from "../read-report.ts";

export interface PullRequestPlan {
  command: Command;
  report: Pick<Report, "text" | "author">;
  repository: Repository;
  branch: string;
  title: string;
  issue: Issue | undefined;
  /** The agent's last words: untrusted. */
  summary: string;
  usage: Usage;
  /** The agent's. */
  model: string;
}

/** Opens the pull request, or finds the one this branch has. Throws `Failure`. */
export async function openPullRequest(
  plan: PullRequestPlan,
  { github, effect }: { github: GitHub; effect: Effect },
): Promise<PullRequest> {
  const { repository, branch: head, title } = plan;
  return effect("open pull request", async () => {
    const open = await github.findPullRequest(repository.name, head);
    const base = repository.defaultBranch;
    return open ?? github.createPullRequest(repository.name, { head, base, title, body: describePullRequest(plan) });
  });
}

function describePullRequest({ command, report, issue, summary, usage, model }: PullRequestPlan): string {
  const platform = command.conversation.platform === "slack" ? "Slack" : "Discord";
  return `${defuse(summary) || "The agent left no summary."}

### Report

${issue ? `[${issue.identifier}](${issue.url}), reported` : "Reported"} in ${platform} by \`${report.author}\`:

${defuse(report.text)
  .split("\n")
  .map((line) => `> ${line}`)
  .join("\n")}

---
Made by bugbot with Claude Code (${costLine(usage, model)}). A person should review it before it is merged.
To go on, write \`@bugbot fix …\` in the same thread: the change lands on this branch.
`;
}

/** GitHub refuses longer bodies; quoted parts are kept far below. */
const maxQuotedLength = 20_000;

/** Quoted words ping nobody, link to no issue and hide nothing. */
function defuse(text: string): string {
  return stripHidden(text)
    .trim()
    .slice(0, maxQuotedLength)
    .toWellFormed()
    .replaceAll("<", "&lt;")
    .replace(/@(?=[\w-])/g, "@\u200B")
    .replace(/(#|\bGH-)(?=\d)/gi, "$1\u200B");
}
