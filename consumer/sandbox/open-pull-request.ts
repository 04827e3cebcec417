import { forbiddenPaths } from "../../shared/allowed-paths.ts";
import type { Command } from "../../shared/command.ts";
import { Failure } from "../../shared/failure.ts";
import type { Outcome } from "../../shared/job.ts";
import type { GitHub, PullRequest, Repository } from "../clients/github.ts";
import type { Issue } from "../clients/linear.ts";
import type { Effect } from "../effect.ts";
import { costLine } from "../ending-of-run.ts";
import { stripHidden } from "../prompt.ts";

export interface PullRequestPlan {
  command: Command;
  repository: Repository;
  branch: string;
  title: string;
  issue: Issue | undefined;
  run: Extract<Outcome, { kind: "pushed" }>;
  allowedPaths: readonly string[];
}

/**
 * Opens the pull request, or finds the one this branch has. What was pushed is checked once more, on GitHub's own
 * comparison; a branch that fails is deleted. Throws `Failure`.
 */
export async function openPullRequest(
  plan: PullRequestPlan,
  { github, effect }: { github: GitHub; effect: Effect },
): Promise<PullRequest> {
  const { repository, branch, allowedPaths } = plan;
  const base = repository.defaultBranch;
  const forbidden = await effect("check pushed files", async () => {
    const changed = await github.changedPaths(repository.name, base, branch);
    if (!changed)
      throw new Failure("branch_missing", { reply: `GitHub does not show the branch ${branch} yet.`, retry: true });
    return forbiddenPaths(changed, [...allowedPaths]);
  });
  if (forbidden.length > 0) {
    await effect("delete branch", () => github.deleteBranch(repository.name, branch));
    throw new Failure("outside_allowed_paths", {
      reply: `What was pushed changes files I may not touch (${forbidden.slice(0, 10).join(", ")}), so I deleted the branch and opened no pull request.`,
      retry: false,
    });
  }
  return effect("open pull request", async () => {
    const open = await github.findPullRequest(repository.name, branch);
    return (
      open ??
      github.createPullRequest(repository.name, {
        head: branch,
        base,
        title: plan.title,
        body: describePullRequest(plan),
      })
    );
  });
}

export function describePullRequest({ command, issue, run }: PullRequestPlan): string {
  const reporter = command.author.name ?? command.author.id;
  const platform = command.conversation.platform === "slack" ? "Slack" : "Discord";
  return `${defuse(run.summary) || "The agent left no summary."}

### Report

${issue ? `[${issue.identifier}](${issue.url}), asked` : "Asked"} for by ${platform} user \`${reporter}\`:

${defuse(command.text)
  .split("\n")
  .map((line) => `> ${line}`)
  .join("\n")}

---
Made by bugbot with Claude Code (${costLine(run.usage)}). A person should review it before it is merged.
To go on, write \`@bugbot fix …\` in the same thread: the change lands on this branch.
`;
}

/** Quoted words ping nobody, close no issue and hide nothing. */
function defuse(text: string): string {
  return stripHidden(text)
    .trim()
    .replaceAll("<!--", "&lt;!--")
    .replace(/@(?=[\w-])/g, "@\u200B")
    .replace(/#(?=\d)/g, "#\u200B");
}
