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
  /** Where the branch stood before this run; null where there was none. */
  headBefore: string | null;
  title: string;
  issue: Issue | undefined;
  run: Extract<Outcome, { kind: "pushed" }>;
  allowedPaths: readonly string[];
}

/**
 * Opens the pull request, or finds the one this branch has. What this run pushed is checked once more, on GitHub's own
 * comparison; a push that fails is undone, and what others pushed before stays. Throws `Failure`.
 */
export async function openPullRequest(
  plan: PullRequestPlan,
  { github, effect }: { github: GitHub; effect: Effect },
): Promise<PullRequest> {
  const { repository, branch, headBefore, allowedPaths } = plan;
  const base = repository.defaultBranch;
  const refused = await effect("check pushed files", async () => {
    try {
      const changed = await github.changedPaths(repository.name, headBefore ?? base, branch);
      if (!changed) {
        throw new Failure("branch_missing", { reply: `GitHub does not show the branch ${branch} yet.`, retry: true });
      }
      const forbidden = forbiddenPaths(changed, [...allowedPaths]);
      return forbidden.length > 0 ? `It changes files I may not touch: ${forbidden.slice(0, 10).join(", ")}.` : null;
    } catch (error) {
      if (error instanceof Failure && error.code === "too_many_files") return error.reply;
      throw error;
    }
  });
  if (refused !== null) {
    await effect("undo push", () =>
      headBefore === null
        ? github.deleteBranch(repository.name, branch)
        : github.resetBranch(repository.name, branch, headBefore),
    );
    throw new Failure("push_refused", { reply: `What was pushed is taken back. ${refused}`, retry: false });
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
