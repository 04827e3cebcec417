import type { Command } from "../../shared/command.ts";
import { Failure } from "../../shared/failure.ts";
import type { ChangedFile, Proof, Usage } from "../../shared/job.ts";
import type { GitHub, OpenPullRequest, PullRequest, Repository } from "../clients/github.ts";
import type { Issue } from "../clients/linear.ts";
import { briefly, type Effect } from "../effect.ts";
import { isUnproven } from "../endings/proof-in-words.ts";
import type { Card } from "../evidence/card.ts";
import type { Report } from "../report/read-report.ts";
import {
  describeAnew,
  describePullRequest,
  describeRun,
  readStanding,
  type Standing,
  standingOf,
} from "./describe-pull-request.ts";
import { isMixed, type Review, reviewBranch, reviewInWords } from "./review-branch.ts";

export interface PullRequestPlan {
  command: Command;
  report: Pick<Report, "text" | "author">;
  repository: Repository;
  branch: string;
  allowedPaths: readonly string[];
  title: string;
  issue: Issue | undefined;
  card: Card | undefined;
  /** The agent's last words: untrusted. */
  summary: string;
  files: readonly ChangedFile[];
  proof: Proof;
  usage: Usage;
  /** The agent's. */
  model: string;
  /** Whether this run pushed what is proposed. */
  isNew: boolean;
}

interface Opened extends PullRequest {
  /** What it was before this run; null for one that this run opens. */
  before?: (Pick<OpenPullRequest, "nodeId"> & { standing: Standing | null }) | null;
  /** Undefined where nothing is said of it. An earlier version looked at nothing. */
  review?: Review | undefined;
}

/** How it fails where the branch holds what no pull request may propose. */
export const notProposed = "not_proposed";

export interface Proposed extends PullRequest {
  /** Whether this command opened it. */
  isOpened: boolean;
  /** What GitHub did not let bugbot do, or why it is still a draft. */
  note: string | undefined;
}

/** With what its branch was seen to hold. */
export interface ReviewedPlan extends PullRequestPlan {
  review: Review | undefined;
}

interface Needs {
  github: GitHub;
  effect: Effect;
}

/**
 * Opens the pull request, as a draft where nothing proves the fix or its branch holds what is not bugbot's; one that this branch has already is
 * brought up to what this run pushed. Either only after all that it proposes was looked at. Throws `Failure`.
 */
export async function openPullRequest(plan: PullRequestPlan, { github, effect }: Needs): Promise<Proposed> {
  const { repository, branch: head, title, allowedPaths } = plan;
  const opened = await effect("open pull request", async (): Promise<Opened> => {
    const base = repository.defaultBranch;
    const open = await github.findPullRequest(repository.name, head);
    const isDescribed = !open || plan.isNew;
    const at = { repository: repository.name, base, branch: head, allowedPaths };
    const review = isDescribed ? await reviewBranch(at, github) : undefined;
    if (open) {
      const { number, url, draft, nodeId, body } = open;
      return { number, url, draft, before: { nodeId, standing: readStanding(body) ?? null }, review };
    }
    // Commits of others are named; what is nobody's is not proposed.
    if (review?.fault && !review.others?.length) {
      const reply = `I open no pull request for \`${head}\` in ${repository.name}. ${review.fault} Look at the branch.`;
      throw new Failure(notProposed, { reply, retry: false });
    }
    const body = describePullRequest({ ...plan, review });
    const draft = standingOf({ ...plan, review }).isDraftForProof;
    return { ...(await github.createPullRequest(repository.name, { head, base, title, body, draft })), review };
  });
  const label = () => github.labelPullRequest(repository.name, opened.number);
  await effect("label pull request", label, { attempts: 1 }).catch(() => undefined);
  const { number, url, draft, before, review } = opened;
  const isOpened = !before || before.standing?.by === plan.command.id;
  const seen = (review && reviewInWords(review)) || undefined;
  if (!before || !plan.isNew) return { number, url, draft, isOpened, note: seen };
  const now = await bringUpToDate({ ...plan, review }, { number, url, draft, ...before }, { github, effect });
  return { ...now, isOpened, note: [seen, now.note].filter((words) => words !== undefined).join("\n") || undefined };
}

/** A pull request that was open before, as it is after another run. What people wrote in it stays. */
async function bringUpToDate(
  plan: ReviewedPlan,
  { standing, nodeId, ...open }: PullRequest & Pick<OpenPullRequest, "nodeId"> & { standing: Standing | null },
  { github, effect }: Needs,
): Promise<Omit<Proposed, "isOpened">> {
  const { command, repository, branch, proof, review } = plan;
  const { number } = open;
  const isUntouched = standing?.isCheckUntouched === true && proof.edited?.length === 0;
  const isOurs = standing?.isDraftForProof === true;
  const { to, words } = redraft();
  const isDone =
    to !== undefined &&
    (await effect(
      "redraft pull request",
      () => github.redraftPullRequest(repository.name, { number, nodeId }, to),
      briefly,
    ).catch(() => false));
  const draft = isDone ? to === "draft" : open.draft;
  const note = to === undefined || !isDone ? words : undefined;
  const now = { isDraftForProof: draft && (isOurs || (isDone && to === "draft")), isCheckUntouched: isUntouched };
  const isTold = await effect(
    "describe pull request",
    async () => {
      const found = await github.findPullRequest(repository.name, branch);
      const body = found && describeAnew(found.body, plan, now, note);
      if (body === undefined) {
        const mark = `<!-- bugbot:run ${command.id} -->`;
        await github.commentOnce(repository.name, number, describeRun(plan, note), mark, command.receivedAt);
      } else if (body !== found?.body) await github.describePullRequest(repository.name, number, body);
      return true;
    },
    briefly,
  ).catch(() => false);
  const untold = isTold ? [] : ["GitHub did not take what is new for its description, which is older than the branch."];
  return { ...open, draft, note: [...(note ? [note] : []), ...untold].join("\n") || undefined };

  /** What is to become of it, and what is said where that is nothing, or cannot be. */
  function redraft(): { to?: "draft" | "ready"; words?: string } {
    if (isUnproven(proof) || (review && isMixed(review)))
      return open.draft ? {} : { to: "draft", words: "GitHub did not let me make it a draft, which it should be." };
    if (!open.draft || !isOurs) return {};
    if (isUntouched) return { to: "ready", words: "It is still a draft: GitHub did not let me mark it as ready." };
    return {
      words: "It is still a draft: a run on this branch may have changed the check itself. Look, and mark it as ready.",
    };
  }
}
