import type { Command } from "../../shared/command.ts";
import { conversationId } from "../../shared/conversation.ts";
import { Failure } from "../../shared/failure.ts";
import { defaultAllowedPaths } from "../../shared/limits.ts";
import { chooseRepository } from "../choose-repository.ts";
import type { Ending } from "../ending.ts";
import { endingOfRun } from "../ending-of-run.ts";
import type { CommandNeeds } from "../needs.ts";
import { writePrompt } from "../prompt.ts";
import { createIssue, findIssue } from "../resolve-issue.ts";
import { openPullRequest } from "../sandbox/open-pull-request.ts";
import { limitsOf, runAgent } from "../sandbox/run-agent.ts";
import { stableKey } from "../stable-id.ts";
import { branchName, oneLine, titleOf } from "../title.ts";

/** From a report to a pull request. Nothing is made before it is clear which repository is meant. */
export async function fix(command: Command, needs: CommandNeeds): Promise<Ending> {
  const { effect, status, settings, linear, threadIssues, conversations, now } = needs;
  const github = needs.github ?? missing("GitHub", "GITHUB_TOKEN");
  if (!settings.ANTHROPIC_API_KEY) missing("The model", "ANTHROPIC_API_KEY");
  const thread = conversationId(command.conversation);

  await status.show("start", "⚙️ Looking at the report…");
  const { known, mapped } = await effect("recall", async () => {
    const found = await conversations.find(thread);
    return { known: found, mapped: (await threadIssues.find(command.conversation)) ?? found.issueId };
  });
  const found =
    linear && (await effect("find issue", async () => (await findIssue(command, { linear, mapped })) ?? null));
  const repository = await effect("choose repository", () =>
    chooseRepository(
      { text: command.text, known: known.repository, issueText: found?.description },
      {
        findRepository: (name) => github.repository(name),
        allowed: settings.BUGBOT_ALLOWED_REPOS,
        fallback: settings.BUGBOT_REPO,
      },
    ),
  );
  const title = titleOf(command.text) ?? found?.title;
  if (!title)
    throw new Failure("nothing_reported", {
      reply: "What goes wrong? Say it in a sentence: `@bugbot fix the total ignores the discount`",
      retry: false,
    });

  const claimed = await effect("claim conversation", () => conversations.claim(thread, command.id, now()));
  if (!claimed)
    throw new Failure("busy", {
      reply: "I am already at work in this thread. Wait for that, or write `@bugbot stop` first.",
      retry: false,
    });

  const issue = linear && (found ?? (await effect("create issue", () => fileIssue())));
  const sameRepository = known.repository?.toLowerCase() === repository.name.toLowerCase();
  const sameIssue = !issue || known.issueId === issue.id;
  const branch =
    (sameRepository && sameIssue ? known.branch : undefined) ??
    branchName(issue?.identifier ?? (await stableKey(thread)), issue?.title ?? title);
  await effect("remember conversation", async () => {
    await conversations.remember(thread, { issue: issue ?? undefined, repository: repository.name, branch }, now());
    if (issue) await threadIssues.save(command.conversation, issue.id);
  });

  const headBefore = await effect("look at branch", () => github.branchHead(repository.name, branch));
  const where = `[${repository.name}](${settings.GITHUB_URL}/${repository.name})${issue ? ` for [${issue.identifier}](${issue.url})` : ""}`;
  await status.show("work", `⚙️ Working on ${where}…`);
  const allowedPaths = settings.BUGBOT_ALLOWED_PATHS.length > 0 ? settings.BUGBOT_ALLOWED_PATHS : defaultAllowedPaths;
  const subject = oneLine(`fix: ${issue?.title ?? title}${issue ? ` (${issue.identifier})` : ""}`);
  const run = await runAgent(
    {
      command,
      repository,
      branch,
      commitSubject: subject,
      allowedPaths,
      prompt: writePrompt({
        repository: repository.name,
        report: command.text,
        reporter: command.author.name ?? command.author.id,
        issue: issue ?? undefined,
        allowedPaths,
      }),
      where,
    },
    needs,
  );
  const limits = limitsOf(settings);
  if (run.kind !== "pushed") return endingOfRun(run, { where, allowedPaths, limits });

  await status.show("pull request", `⚙️ Opening a pull request in ${where}…`);
  const pullRequest = await openPullRequest(
    { command, repository, branch, headBefore, title: subject, issue: issue ?? undefined, run, allowedPaths },
    { github, effect },
  );
  await effect("remember pull request", () => conversations.rememberPullRequest(thread, pullRequest.url, now()));
  const unlinked = linear && issue && (await linkPullRequest(issue.id));
  return endingOfRun(run, { where, allowedPaths, limits, pullRequest, note: unlinked });

  /** The pull request is there whatever Linear says: a missing link is told, and fails nothing. */
  async function linkPullRequest(issueId: string): Promise<string | undefined> {
    try {
      await effect("link pull request", async () =>
        linear?.attach({
          issueId,
          title: subject,
          subtitle: `Pull request #${pullRequest.number} by bugbot`,
          url: pullRequest.url,
        }),
      );
      return undefined;
    } catch (error) {
      return `It is not linked in Linear: ${error instanceof Failure ? error.reply : "something broke."}`;
    }
  }

  async function fileIssue() {
    if (!linear) throw new TypeError("Linear is off");
    const permalink = await needs
      .replies(command.conversation.platform)
      .permalink(command)
      .catch(() => undefined);
    return createIssue(command, title ?? "", { linear, teamKey: settings.LINEAR_TEAM_KEY, permalink });
  }
}

function missing(service: string, variable: string): never {
  throw new Failure("not_configured", {
    reply: `${service} is not set up: whoever runs bugbot must set ${variable}.`,
    retry: false,
  });
}
