import type { Command } from "../../shared/command.ts";
import { conversationId } from "../../shared/conversation.ts";
import { Failure } from "../../shared/failure.ts";
import type { Outcome, Proof } from "../../shared/job.ts";
import { awaitApproval } from "../admission/await-approval.ts";
import { reserveMonth } from "../endings/bill.ts";
import { chooseModel } from "../admission/choose-model.ts";
import { rulesOf } from "../../shared/rules-of.ts";
import { chooseRepository } from "../admission/choose-repository.ts";
import type { Ending } from "../endings/ending.ts";
import { endingOfRun } from "../endings/ending-of-run.ts";
import { linkMarkdown } from "../evidence/untrusted-markdown.ts";
import { recallCard } from "../evidence/recall-card.ts";
import { moveToReview } from "../report/move-to-review.ts";
import type { CommandNeeds } from "../needs.ts";
import { noteDeed } from "../note-deed.ts";
import { decideRun, type Decision } from "../sandbox/decide-run.ts";
import { openPullRequest } from "../sandbox/open-pull-request.ts";
import { runAgent, stopButton } from "../sandbox/run-agent.ts";
import { movedInWords, settleBranch } from "../sandbox/settle-branch.ts";
import { fileIssue, takeReport } from "../report/take-report.ts";

/** From a report to a pull request. Nothing is made before it is clear which repository is meant. */
export async function fix(asked: Command, needs: CommandNeeds): Promise<Ending> {
  const { effect, status, settings, redact, linear, linearTeams, threadIssues, commands, conversations, proofs, now } =
    needs;
  const github = needs.github ?? missing("GitHub", "GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY");
  if (!settings.ANTHROPIC_API_KEY) missing("The model", "ANTHROPIC_API_KEY");
  const { command, model: named } = chooseModel(asked);
  const reserved = await effect("check month", () => reserveMonth(command, settings.BUGBOT_MAX_USD, needs));
  const thread = conversationId(command.conversation);

  const stop = [stopButton(command)];
  const doing = { stage: "looking at the report" };
  void status.show("start", { text: "⚙️ Looking at the report…", doing, buttons: stop });
  const taken = await takeReport(command, needs);
  const { report, title, known } = taken;
  const repository = await effect("choose repository", async () => {
    const chosen = await chooseRepository(
      { named: report.named, around: report.around, known: known.repository, issueText: taken.issue?.description },
      {
        findRepository: (name) => github.repository(name),
        allowed: settings.BUGBOT_ALLOWED_REPOS,
        fallback: settings.BUGBOT_REPO,
      },
    );
    // While they cannot be read, nothing is made.
    rulesOf(settings, chosen.name);
    return chosen;
  });

  const claimed = await effect("claim conversation", () => conversations.claim(thread, command.id, now()));
  if (!claimed)
    throw new Failure("busy", {
      reply: "I am already at work in this thread. Tell me more here and I pass it on, or write `@bugbot stop`.",
      retry: false,
    });

  await goOn("issue");
  const recalled = recallCard(command, taken, repository, needs);
  const issue = await fileIssue(command, taken, needs).finally(() => recalled);
  const card = await recalled;
  const decide = () => decideRun({ thread, repository, report, title, known, issue, card, named, reserved }, settings);
  const remember = async (): Promise<Decision | undefined> => {
    const decision = await decide();
    const { branch } = decision;
    await conversations.remember(thread, { issue: issue ?? undefined, repository: repository.name, branch }, now());
    if (issue) await threadIssues.save(command.conversation, issue.id);
    await noteDeed(command, "decided", { repository: repository.name, branch, issue: issue?.identifier }, needs);
    return decision;
  };
  // An earlier version recorded nothing of it.
  const decided = (await effect("remember conversation", remember)) ?? (await decide());
  const { branch, subject, allowedPaths, model, limits } = decided;

  if (decided.needsApproval) {
    const prompts = [decided.prompt, decided.resumePrompt];
    const terms = {
      head: repository.head,
      limits,
      verify: decided.verify ?? null,
      resumes: known.hasCheckpoint,
    };
    await awaitApproval(
      command,
      { repository: repository.name, branch, report, model, prompts, allowedPaths, terms },
      needs,
    );
  }
  const headBefore = await effect("look at branch", () => github.branchHead(repository.name, branch));
  const where = `${linkMarkdown(repository.name, `${settings.GITHUB_URL}/${repository.name}`)}${issue ? ` for ${linkMarkdown(issue.identifier, issue.url)}` : ""}`;
  await status.show("work", {
    text: `⚙️ Working on ${where}…`,
    doing: { stage: `working on ${repository.name}`, where },
    buttons: stop,
  });
  // The container makes the commit, and knows no secret.
  const plan = { ...decided, command, repository, headBefore, commitSubject: redact(subject), where };
  const judged = { ...plan, commandId: command.id, conversation: thread };
  await goOn("run");
  const { outcome: ended, kept } = await runAgent(plan, needs).catch(async (error: unknown) => {
    await settleBranch({ ...judged, run: { kind: "broken" } }, { ...needs, github });
    throw error;
  });
  const stopped = await effect("stop asked before pull request", () => commands.stopRequested(command.id));
  const run: Outcome = stopped ? { kind: "stopped", usage: ended.usage } : ended;

  if (run.kind === "pushed") {
    const { commit, proof } = run;
    await effect("keep proof", () => proofs.save(repository.name, commit, proof, now())).catch(() => undefined);
  }
  const left = await settleBranch({ ...judged, run }, { ...needs, github });
  if (left.kind === "taken_back") {
    throw new Failure("push_refused", { reply: `What was pushed is taken back. ${left.reason}`, retry: false });
  }
  if (left.kind === "moved") {
    throw new Failure("branch_moved", { reply: movedInWords(plan, left.reason), retry: false });
  }
  // A pull request that no command of this thread has ended with is what an earlier try could not tell: it is found below, and told.
  const unchanged = left.kind === "nothing" || (run.kind !== "pushed" && !left.isNew && (await isTold()));
  if (unchanged) return withIssue(endingOfRun(run, { where, allowedPaths, limits, kept }));

  await status.show("pull request", {
    text: `⚙️ Opening a pull request in ${where}…`,
    doing: { stage: "opening a pull request", where },
  });
  const summary = "summary" in run ? run.summary : "";
  const files = run.kind === "pushed" ? run.files : [];
  const proof: Proof = run.kind === "pushed" && run.commit === left.commit ? run.proof : await recallProof(left.commit);
  const proposal = { summary, files, proof, usage: run.usage };
  const pullRequest = await openPullRequest(
    {
      command,
      report,
      repository,
      branch,
      title: subject,
      issue: issue ?? undefined,
      card,
      model,
      isNew: left.isNew,
      ...proposal,
    },
    { github, effect },
  ).catch((error: unknown) => {
    throw error instanceof Failure
      ? new Failure(error.code, {
          reply: `${error.reply} The fix is pushed to \`${branch}\`: **Retry** opens the pull request.`,
          retry: true,
          cause: error,
        })
      : error;
  });
  await effect("remember pull request", async () => {
    await conversations.rememberPullRequest(thread, pullRequest.url, now());
    const { url, draft, isOpened } = pullRequest;
    const action = isOpened ? "opened_pull_request" : left.isNew ? "updated_pull_request" : undefined;
    if (action) await noteDeed(command, action, { url, draft }, needs);
  }).catch(() => undefined);
  const unlinked = linear && issue ? await linkPullRequest(issue.id) : undefined;
  if (linear && linearTeams && issue) {
    const move = async () => {
      if (!(await moveToReview(issue, { linear, teams: linearTeams }))) return;
      await noteDeed(command, "moved_to_review", { issue: issue.identifier }, needs);
    };
    await effect("move issue to review", move).catch(() => undefined);
  }
  const pushed: Outcome = { kind: "pushed", commit: left.commit, ...proposal };
  const shown = { ...pullRequest, title: subject };
  const note = [pullRequest.note, unlinked].filter((words) => words !== undefined).join("\n");
  return withIssue(endingOfRun(pushed, { where, allowedPaths, limits, pullRequest: shown, note }));

  /** What an earlier try of this thread learnt of a commit that is still to be proposed. */
  async function recallProof(commit: string): Promise<Proof> {
    const found = await effect("recall proof", async () => (await proofs.find(repository.name, commit)) ?? null).catch(
      () => null,
    );
    return found ?? { kind: "not_verified", reason: "nobody has run the tests on what stands on the branch now" };
  }

  async function isTold(): Promise<boolean> {
    return effect("find pull request", async () => {
      const open = await github.findPullRequest(repository.name, branch);
      return open !== undefined && (await commands.hasTold(thread, open.url));
    });
  }

  /** Throws when somebody asked to stop meanwhile. */
  async function goOn(stage: string): Promise<void> {
    if (await effect(`stop asked before ${stage}`, () => commands.stopRequested(command.id))) {
      throw new Failure("stopped", { reply: "Stopped. Nothing was pushed.", retry: false });
    }
  }

  function withIssue(ending: Ending): Ending {
    return issue ? { ...ending, issue: issue.identifier } : ending;
  }

  /** The pull request is there whatever Linear says: a missing link is told, and fails nothing. */
  async function linkPullRequest(issueId: string): Promise<string | undefined> {
    try {
      await effect("link pull request", async () => {
        await linear?.attach({
          issueId,
          title: subject,
          subtitle: `Pull request #${pullRequest.number} by bugbot`,
          url: pullRequest.url,
        });
        await noteDeed(command, "linked_pull_request", { issue: issue?.identifier, url: pullRequest.url }, needs);
      });
      return undefined;
    } catch (error) {
      return `It is not linked in Linear: ${error instanceof Failure ? error.reply : "something broke."}`;
    }
  }
}

function missing(service: string, variable: string): never {
  throw new Failure("not_configured", {
    reply: `${service} is not set up: whoever runs bugbot must set ${variable}.`,
    retry: false,
  });
}
