import type { Command } from "../../shared/command.ts";
import { conversationId } from "../../shared/conversation.ts";
import { Failure } from "../../shared/failure.ts";
import type { Memory, Outcome, Proof } from "../../shared/job.ts";
import { awaitApproval } from "../admission/await-approval.ts";
import { reserveMonth } from "../endings/bill.ts";
import { briefly, untilStopped } from "../effect.ts";
import { chooseModel } from "../admission/choose-model.ts";
import { rulesOf } from "../../shared/rules-of.ts";
import { chooseRepository } from "../admission/choose-repository.ts";
import type { Ending } from "../endings/ending.ts";
import { endingOfProposal } from "../endings/ending-of-proposal.ts";
import { endingOfRun } from "../endings/ending-of-run.ts";
import { findStanding, type Standing } from "../endings/what-stands.ts";
import { linkMarkdown } from "../evidence/untrusted-markdown.ts";
import { recallCard } from "../evidence/recall-card.ts";
import type { CommandNeeds } from "../needs.ts";
import { noteDeed } from "../note-deed.ts";
import { decideRun, type Decision } from "../sandbox/decide-run.ts";
import { lookAtBranch } from "../sandbox/look-at-branch.ts";
import { notProposed, openPullRequest } from "../sandbox/open-pull-request.ts";
import { runAgent, stopButton } from "../sandbox/run-agent.ts";
import { movedInWords, settleBranch } from "../sandbox/settle-branch.ts";
import { fileIfThere, fileLate } from "../report/file-if-there.ts";
import { type Taken, takeReport } from "../report/take-report.ts";
import { trackFix } from "../report/track-fix.ts";

/** From a report to a pull request. Nothing is made before it is clear which repository is meant. */
export async function fix(asked: Command, needs: CommandNeeds): Promise<Ending> {
  const { effect, status, settings, redact, threadIssues, commands, conversations, proofs, now } = needs;
  const github = needs.github ?? missing("GitHub", "GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY");
  if (!settings.ANTHROPIC_API_KEY) missing("The model", "ANTHROPIC_API_KEY");
  const { command, model: named } = chooseModel(asked);
  const reserved = await effect("check month", () => reserveMonth(command, settings.BUGBOT_MAX_USD, needs));
  const thread = conversationId(command.conversation);

  const stop = [stopButton(command)];
  const doing = { stage: "looking at the report" };
  void status.show("start", { text: "⚙️ Looking at the report…", doing, buttons: stop });
  const taken = await takeReport(command, needs, false);
  const { report, title, known } = taken;
  if (taken.away !== undefined) mindTheIssue(taken, status);
  const repository = await effect(
    "choose repository",
    async () => {
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
    },
    untilStopped,
  );

  const claimed = await effect("claim conversation", () => conversations.claim(thread, command.id, now()));
  if (!claimed)
    throw new Failure("busy", {
      reply: "I am already at work in this thread. Tell me more here and I pass it on, or write `@bugbot stop`.",
      retry: false,
    });

  await goOn("issue");
  const recalled = recallCard(command, taken, repository, needs);
  const filed = await fileIfThere(command, taken, needs).finally(() => recalled);
  const { issue } = filed;
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
  const place = { commandId: command.id, repository: repository.name, branch };
  const look = () => lookAtBranch(place, { ...needs, github });
  const headBefore = await effect("look at branch", look, untilStopped);
  const repositoryLink = linkMarkdown(repository.name, `${settings.GITHUB_URL}/${repository.name}`);
  const whereFor = ({ issue: of }: Taken) =>
    of ? `${repositoryLink} for ${linkMarkdown(of.identifier, of.url)}` : repositoryLink;
  const where = whereFor(filed);
  await status.show("work", {
    text: `⚙️ Working on ${where}…`,
    doing: { stage: `working on ${repository.name}`, where },
    buttons: stop,
  });
  // The container makes the commit, and knows no secret.
  const plan = { ...decided, command, repository, headBefore, commitSubject: redact(subject), where };
  const judged = { ...plan, commandId: command.id, conversation: thread };
  await goOn("run");
  const { run, kept } = await runToEnd().catch(async (error: unknown) => {
    await settleBranch({ ...judged, run: { kind: "broken" } }, { ...needs, github });
    throw error;
  });

  if (run.kind === "pushed") {
    const { commit, proof } = run;
    await effect("keep proof", () => proofs.save(repository.name, commit, proof, now()), briefly).catch(
      () => undefined,
    );
  }
  const left = await settleBranch({ ...judged, run }, { ...needs, github });
  if (left.kind === "taken_back") {
    throw new Failure("push_refused", { reply: `What was pushed is taken back. ${left.reason}`, retry: false });
  }
  if (left.kind === "moved") {
    throw new Failure("branch_moved", { reply: movedInWords(plan, left.reason), retry: false });
  }
  if (left.kind === "nothing" || (run.kind !== "pushed" && !left.isNew)) {
    const standing = await findStanding(thread, "after the run", { ...needs, github });
    // A pull request that no command of this thread has ended with is what an earlier try could not tell: it is found below, and told.
    if (left.kind === "nothing" || (await isTold(standing, left.commit))) {
      const isTakenBack = left.kind === "nothing" && left.isTakenBack;
      const ending = endingOfRun(run, { where, allowedPaths, limits, standing, isTakenBack, kept });
      const unfiled = run.kind === "stopped" ? undefined : await trackFix(command, filed, undefined, needs);
      return withIssue(unfiled === undefined ? ending : { ...ending, reply: `${ending.reply}\n${unfiled}` }, filed);
    }
  }

  await status.show("pull request", {
    text: `⚙️ Opening a pull request in ${where}…`,
    doing: { stage: "opening a pull request", where },
  });
  const tracked = await fileLate(command, filed, needs, { stage: " before pull request", options: briefly });
  const late = filed.issue ? undefined : tracked.issue?.identifier;
  const prTitle = late === undefined ? subject : `${subject} (${late})`;
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
      allowedPaths,
      title: prTitle,
      issue: tracked.issue ?? undefined,
      card,
      model,
      isNew: left.isNew,
      ...proposal,
    },
    { github, effect },
  ).catch((error: unknown) => {
    throw error instanceof Failure && error.code !== notProposed
      ? new Failure(error.code, {
          reply: `${error.reply} The fix is pushed to \`${branch}\`: **Retry** goes on from there.`,
          retry: true,
          cause: error,
        })
      : error;
  });
  await effect(
    "remember pull request",
    async () => {
      await conversations.rememberPullRequest(thread, pullRequest.url, now());
      const { url, draft, isOpened } = pullRequest;
      const action = isOpened ? "opened_pull_request" : left.isNew ? "updated_pull_request" : undefined;
      if (action) await noteDeed(command, action, { url, draft }, needs);
    },
    briefly,
  ).catch(() => undefined);
  const unlinked = await trackFix(command, tracked, { ...pullRequest, title: prTitle }, needs);
  const shown = { ...pullRequest, title: prTitle };
  const note = [pullRequest.note, unlinked].filter((words) => words !== undefined).join("\n");
  return withIssue(endingOfProposal(proposal, { where: whereFor(tracked), pullRequest: shown, note }), tracked);

  /** The run, which is a stopped one where somebody asked for that meanwhile. */
  async function runToEnd(): Promise<{ run: Outcome; kept: Memory | undefined }> {
    const { outcome, ...ended } = await runAgent(plan, needs);
    const isStopped = await effect("stop asked before pull request", () => commands.stopRequested(command.id));
    return { ...ended, run: isStopped ? { kind: "stopped", usage: outcome.usage } : outcome };
  }

  /** What an earlier try of this thread learnt of a commit that is still to be proposed. */
  async function recallProof(commit: string): Promise<Proof> {
    const recall = async () => (await proofs.find(repository.name, commit)) ?? null;
    const found = await effect("recall proof", recall, briefly).catch(() => null);
    return found ?? { kind: "not_verified", reason: "nobody has run the tests on what stands on the branch now" };
  }

  /** Whether the commit is in a pull request that this thread was told of. */
  async function isTold(standing: Standing, commit: string): Promise<boolean> {
    if (standing.kind !== "pull_request") return false;
    const { url, state } = standing;
    if (state !== "open" && standing.commit !== commit) return false;
    return effect("find what was told", () => commands.hasTold(thread, url));
  }

  /** Throws when somebody asked to stop meanwhile. */
  async function goOn(stage: string): Promise<void> {
    if (await effect(`stop asked before ${stage}`, () => commands.stopRequested(command.id))) {
      throw new Failure("stopped", { reply: "Stopped.", retry: false });
    }
  }

  function withIssue(ending: Ending, { issue: of }: Taken): Ending {
    return of ? { ...ending, issue: of.identifier } : ending;
  }
}

/** What an issue says that nobody can read now: perhaps which repository is meant, and what goes wrong. */
function mindTheIssue({ away = "", clues, report, known }: Taken, status: CommandNeeds["status"]): void {
  const { named, around = [], mapped = [] } = clues;
  if (named.length === 0 && around.length === 0 && mapped.every((id) => id === null)) return;
  if (report.named.length === 0 && known.repository === null && report.around.length !== 1) {
    const reply = `${away} The issue may say which repository has the bug: name it here, or try again later.`;
    throw new Failure("tracker_away", { reply, retry: true });
  }
  status.note(`⚠️ ${away} I work without what the issue says.`);
}

function missing(service: string, variable: string): never {
  throw new Failure("not_configured", {
    reply: `${service} is not set up: whoever runs bugbot must set ${variable}.`,
    retry: false,
  });
}
