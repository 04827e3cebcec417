import { briefly, type Effect } from "../effect.ts";
import type { GitHub } from "../clients/github.ts";
import { forgetSession, type ForgetSessionNeeds } from "./forget-session.ts";
import { noteDeed } from "../note-deed.ts";
import type { Audit } from "../stores/audit.ts";
import type { Leases } from "../stores/leases.ts";
import type { Redact } from "../../shared/redact.ts";
import { type BranchFacts, judgeBranch, type Left } from "./judge-branch.ts";
import { takeBackUnjudged } from "./take-back.ts";

export interface RunOnBranch extends Omit<BranchFacts, "pushes"> {
  commandId: string;
  conversation: string;
}

interface Needs extends ForgetSessionNeeds {
  github: GitHub;
  leases: Pick<Leases, "pushesOf" | "judged">;
  record: Audit["record"];
  redact: Redact;
  effect: Effect;
}

/**
 * Judges what a run left on its branch, takes back what may not stay there, and notes which of both it was. Where it cannot be judged nothing
 * of it stays, and it throws a `Failure` that says so.
 */
export async function settleBranch(run: RunOnBranch, needs: Needs): Promise<Left> {
  try {
    return await judgeAndUndo(run, needs);
  } catch (error) {
    throw await takeBackUnjudged({ ...run, repository: run.repository.name }, error, needs);
  }
}

async function judgeAndUndo(
  { commandId, conversation, ...run }: RunOnBranch,
  { github, leases, record, redact, effect, ...needs }: Needs,
): Promise<Left> {
  const { repository, branch, headBefore } = run;
  const { left, undo } = await effect("judge branch", async () => {
    const verdict = await judgeBranch({ ...run, pushes: await leases.pushesOf(commandId) }, github, redact);
    // Anything else is looked at again: a push that is on its way may land late, where the branch is back at its beginning.
    if (verdict.left.kind === "work" && verdict.left.isNew) await leases.judged(commandId);
    return verdict;
  });
  if (undo !== null)
    await effect("forget session", () => forgetSession(conversation, needs), briefly).catch(() => undefined);
  const isUndone =
    undo !== null &&
    (await effect("take back push", () => github.moveBranch(repository.name, branch, undo, headBefore)));
  const reason = left.kind === "taken_back" ? left.reason : undefined;
  const action = isUndone ? "took_back" : left.kind === "work" && left.isNew ? "pushed" : undefined;
  if (action) {
    const facts = { repository: repository.name, branch, reason };
    await effect("note push", () => noteDeed({ id: commandId }, action, facts, { record }), briefly).catch(
      () => undefined,
    );
  }
  if (undo === null) return left;
  if (isUndone) return left.kind === "nothing" ? { ...left, isTakenBack: true } : left;
  return { kind: "moved", reason: reason ?? "It holds what I should take back." };
}

/** For whoever looks after the branch now. */
export function movedInWords(
  { repository, branch }: { repository: { name: string }; branch: string },
  reason: string,
): string {
  return `Look at the branch \`${branch}\` in ${repository.name}: somebody else has pushed to it since, so I leave it as it is. ${reason}`;
}
