import { Failure } from "../../shared/failure.ts";
import type { GitHub } from "../clients/github.ts";
import { briefly, bugReply, type Effect } from "../effect.ts";
import { noteDeed } from "../note-deed.ts";
import type { Audit } from "../stores/audit.ts";
import type { Leases } from "../stores/leases.ts";
import type { UnjudgedPushes } from "../stores/pushes.ts";
import { forgetSession, type ForgetSessionNeeds } from "./forget-session.ts";

export interface TakeBackNeeds extends ForgetSessionNeeds {
  github: Pick<GitHub, "branchHead" | "moveBranch">;
  leases: Pick<Leases, "pushesOf">;
  record: Audit["record"];
}

export type PushesOfRun = Pick<UnjudgedPushes, "commandId" | "conversation" | "repository" | "branch" | "headBefore">;

/** What became of what a run pushed. `absent`: the branch is where it was before; `covered`: somebody else has moved it. */
export type Returned = "taken_back" | "absent" | "covered";

/**
 * Takes back what a run pushed and nobody has judged, whatever it is. Asks for no comparison, and, where GitHub's REST API does not even say
 * where the branch stands, for nothing but git's own push. May be repeated. Throws `Failure`.
 */
export async function takeBack(run: PushesOfRun, needs: TakeBackNeeds): Promise<Returned> {
  const { commandId, conversation, repository, branch, headBefore } = run;
  const { github, leases, record } = needs;
  const pushes = await leases.pushesOf(commandId);
  if (pushes.length === 0) return "absent";
  const head = await github.branchHead(repository, branch).catch(() => undefined);
  if (head === headBefore) return "absent";
  const tried = head === undefined ? pushes : pushes.filter((commit) => commit === head);
  let failed: unknown;
  for (const commit of tried) {
    const isUndone = await github.moveBranch(repository, branch, commit, headBefore).catch((error: unknown) => {
      failed = error;
      return false;
    });
    if (!isUndone) continue;
    if (conversation !== null) await forgetSession(conversation, needs).catch(() => undefined);
    const facts = { repository, branch, reason: "Nobody could check it." };
    await noteDeed({ id: commandId }, "took_back", facts, { record }).catch(() => undefined);
    return "taken_back";
  }
  if (failed !== undefined) throw failed;
  return "covered";
}

/** Where a run's branch cannot be judged, nothing of what it pushed stays. Answers with what is said of it; `error` is why. */
export async function takeBackUnjudged(
  run: PushesOfRun,
  error: unknown,
  { effect, ...needs }: TakeBackNeeds & { effect: Effect },
): Promise<Failure> {
  const why =
    error instanceof Failure
      ? error
      : new Failure("bug", { reply: bugReply(run.commandId), retry: true, cause: error });
  const where = `\`${run.branch}\` in ${run.repository}`;
  const returned = await effect("take back unjudged push", () => takeBack(run, needs), briefly).catch(() => undefined);
  switch (returned) {
    case "absent":
      return why;
    case "taken_back":
      return failure(`I could not check what was pushed to ${where}, so it is taken back.`, why.retry);
    case "covered":
      return failure(`I could not check what stands on ${where}: look at it before you merge it.`, why.retry);
    case undefined:
      return failure(
        `I could neither check what was pushed to ${where} nor take it back. Do not merge it: I go on trying to take it back, and begin nothing there before.`,
        true,
      );
    default:
      return returned satisfies never;
  }

  function failure(words: string, retry: boolean): Failure {
    return new Failure(retry ? why.code : "push_refused", { reply: `${why.reply} ${words}`, retry, cause: error });
  }
}
