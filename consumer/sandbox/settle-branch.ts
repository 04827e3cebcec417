import { briefly, type Effect } from "../effect.ts";
import type { GitHub } from "../clients/github.ts";
import { forgetSession, type ForgetSessionNeeds } from "./forget-session.ts";
import { noteDeed } from "../note-deed.ts";
import type { Audit } from "../stores/audit.ts";
import type { Leases } from "../stores/leases.ts";
import type { Redact } from "../../shared/redact.ts";
import { type BranchFacts, judgeBranch, type Left } from "./judge-branch.ts";

export interface RunOnBranch extends Omit<BranchFacts, "pushes"> {
  commandId: string;
  conversation: string;
}

interface Needs extends ForgetSessionNeeds {
  github: GitHub;
  leases: Pick<Leases, "pushesOf">;
  record: Audit["record"];
  redact: Redact;
  effect: Effect;
}

/** Judges what a run left on its branch, takes back what may not stay there, and notes which of both it was. */
export async function settleBranch(
  { commandId, conversation, ...run }: RunOnBranch,
  { github, leases, record, redact, effect, ...needs }: Needs,
): Promise<Left> {
  const { repository, branch, headBefore } = run;
  const { left, undo } = await effect("judge branch", async () =>
    judgeBranch({ ...run, pushes: await leases.pushesOf(commandId) }, github, redact),
  );
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
