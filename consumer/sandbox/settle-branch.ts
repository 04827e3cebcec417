import type { Effect } from "../effect.ts";
import type { GitHub } from "../clients/github.ts";
import type { Leases } from "../stores/leases.ts";
import type { Redact } from "../../shared/redact.ts";
import { type BranchFacts, judgeBranch, type Left } from "./judge-branch.ts";

export interface RunOnBranch extends Omit<BranchFacts, "pushes"> {
  commandId: string;
}

/** Judges what a run left on its branch, and takes back what may not stay there. */
export async function settleBranch(
  { commandId, ...run }: RunOnBranch,
  {
    github,
    leases,
    redact,
    effect,
  }: { github: GitHub; leases: Pick<Leases, "pushesOf">; redact: Redact; effect: Effect },
): Promise<Left> {
  const { repository, branch, headBefore } = run;
  const { left, undo } = await effect("judge branch", async () =>
    judgeBranch({ ...run, pushes: await leases.pushesOf(commandId) }, github, redact),
  );
  if (undo === null) return left;
  const isUndone = await effect("take back push", () => github.moveBranch(repository.name, branch, undo, headBefore));
  if (isUndone) return left;
  return { kind: "moved", reason: left.kind === "taken_back" ? left.reason : "It holds what I should take back." };
}

/** For whoever looks after the branch now. */
export function movedInWords(
  { repository, branch }: Pick<BranchFacts, "repository" | "branch">,
  reason: string,
): string {
  return `Look at the branch \`${branch}\` in ${repository.name}: somebody else has pushed to it since, so I leave it as it is. ${reason}`;
}
