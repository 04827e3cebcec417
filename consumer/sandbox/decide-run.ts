import type { Job } from "../../shared/job.ts";
import type { ModelFamily } from "../../shared/models.ts";
import { writePrompt } from "../../shared/prompt.ts";
import { rulesOf } from "../../shared/rules-of.ts";
import type { Settings } from "../../shared/settings.ts";
import type { Repository } from "../clients/github.ts";
import type { Issue } from "../clients/linear.ts";
import type { Card } from "../evidence/card.ts";
import type { Taken } from "../report/take-report.ts";
import { branchName, oneLine } from "../report/title.ts";
import { stableKey } from "../stable-id.ts";
import { withEarlier, writeFollowUp } from "./follow-up-prompt.ts";
import { promptFacts } from "./prompt-facts.ts";

/** All that a run is given. It is recorded, and a version that goes on with the command decides none of it anew. */
export interface Decision {
  branch: string;
  /** Of the commit, and the pull request's title. */
  subject: string;
  allowedPaths: readonly string[];
  verify: string | undefined;
  registries: readonly string[];
  model: ModelFamily;
  limits: Job["limits"];
  prompt: string;
  /** Asked instead where the conversation's last session is still there; undefined: nothing is taken up. */
  resumePrompt: string | undefined;
  needsApproval: boolean;
}

export interface DecideFacts extends Pick<Taken, "report" | "title" | "known"> {
  /** The conversation's id. */
  thread: string;
  repository: Repository;
  issue: Issue | null;
  card: Card | undefined;
  /** The model that the asker named, if any. */
  named: ModelFamily | undefined;
  /** What was put aside for it in USD, where months have a cap. */
  reserved: number | null;
}

export async function decideRun(
  { thread, repository, report, title, known, issue, card, named, reserved }: DecideFacts,
  settings: Settings,
): Promise<Decision> {
  const { paths: allowedPaths, verify, registries, model } = rulesOf(settings, repository.name);
  const sameRepository = known.repository?.toLowerCase() === repository.name.toLowerCase();
  const sameIssue = !issue || known.issueId === issue.id;
  const branch =
    (sameRepository && sameIssue ? known.branch : undefined) ??
    branchName(issue?.identifier ?? (await stableKey(thread)), issue?.title ?? title);
  const isMore = branch === known.branch && (known.summary !== null || known.hasCheckpoint);
  const facts = promptFacts({
    repository: repository.name,
    report,
    issue: issue ?? undefined,
    card,
    allowedPaths,
    verify,
  });
  return {
    branch,
    subject: oneLine(`fix: ${issue?.title ?? title}${issue ? ` (${issue.identifier})` : ""}`),
    allowedPaths,
    verify,
    registries,
    model: named ?? model,
    limits: limitsOf(settings, reserved),
    prompt: withEarlier(writePrompt(facts), isMore ? known.summary : null),
    resumePrompt: isMore ? writeFollowUp({ report, branch, allowedPaths }) : undefined,
    needsApproval: settings.BUGBOT_APPROVAL === "fix",
  };
}

function limitsOf(
  { BUGBOT_MAX_MINUTES, BUGBOT_MAX_TURNS, BUGBOT_MAX_USD }: Settings,
  reserved: number | null,
): Job["limits"] {
  return {
    wallClockMs: BUGBOT_MAX_MINUTES * 60_000,
    maxTurns: BUGBOT_MAX_TURNS,
    maxCostUsd: reserved ?? BUGBOT_MAX_USD,
  };
}
