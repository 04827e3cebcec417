import { mkdtemp, realpath } from "node:fs/promises";
import { join } from "node:path";
import { forbiddenPaths } from "../shared/allowed-paths.ts";
import type { Job, Outcome, Proof, Usage } from "../shared/job.ts";
import { withConventions } from "../shared/prompt.ts";
import { askClaude, noUsage, type Inbox } from "./ask-claude.ts";
import { findChangedFiles } from "./changed-files.ts";
import { checkOut } from "./checkout.ts";
import { commitChanges } from "./commit-changes.ts";
import { createEnvironment } from "./environment.ts";
import type { Recorder } from "./event-log.ts";
import { createGit, GitError } from "./git.ts";
import { keep, type Kept, promptFor, restore, type Session, startOver } from "./memory.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { pushBranch } from "./push-branch.ts";
import { readConventions } from "./read-conventions.ts";
import { removeFolder } from "./remove-folder.ts";
import { verify } from "./verify.ts";
import type { Shelf } from "./shelf.ts";
import { OutOfResources, type Resources, watchResources } from "./watch-resources.ts";

export interface FixNeeds {
  workspace: string;
  serverEnvironment: NodeJS.ProcessEnv;
  resources: Resources;
  /** Where the checkout of one run waits for the next; without one each run begins with an empty folder. */
  shelf?: Shelf | undefined;
  recorder: Recorder;
  inbox: Inbox;
  signal: AbortSignal;
  /** What an earlier run of the conversation left. */
  checkpoint: Checkpoint | undefined;
  /** Told once, before the end, where the agent was asked. */
  onKept: (kept: Kept, session: Session) => void;
}

/** Why a job's signal was aborted. */
export type Interruption = "stopped" | "out_of_time";

/** Clone, ask, check, commit, push, verify. Every way it can go is an outcome; only a bug of ours throws. */
export async function runFix(job: Job, needs: FixNeeds): Promise<Outcome> {
  const { recorder, inbox } = needs;
  const folder = await mkdtemp(join(await realpath(needs.workspace), "job-"));
  const checkFolder = `${folder}-check`;
  const outOfResources = new AbortController();
  const signal = AbortSignal.any([needs.signal, outOfResources.signal]);
  const stopWatching = watchResources([folder, checkFolder], needs.resources, (reason) => outOfResources.abort(reason));
  let usage = noUsage;
  const onUsage = (used: Usage): void => void (usage = used);
  let stage: "clone" | "commit" | "push" = "clone";
  let keepAll = async (): Promise<void> => {};
  let leave = async (): Promise<void> => {};
  let isPushed = false;
  try {
    const environment = await createEnvironment(needs.serverEnvironment, folder, job.registryUrl);
    const git = createGit(folder, environment, signal);

    recorder.stage("cloning");
    const checkout = await checkOut(job, folder, git, needs.shelf);
    leave = async () => needs.shelf?.leave(job, checkout);
    const { repository } = checkout;

    const place = { folder, checkout, allowedPaths: job.allowedPaths };
    let session = await restore(needs.checkpoint, place, git);
    keepAll = async () => needs.onKept(await keep(session.id, isPushed, place, environment), session);

    recorder.stage("asking");
    const ask = async () => {
      const prompt = withConventions(promptFor(job, session), await readConventions(repository));
      return askClaude(job, prompt, { folder, repository, session, environment, recorder, inbox, signal, onUsage });
    };
    let answer = await ask();
    if (answer.kind === "agent_failed" && session.isResumed && answer.usage.turns === 0) {
      session = startOver(session);
      answer = await ask();
    }
    if (answer.kind !== "answered") return answer;
    const { summary } = answer;

    recorder.stage("checking");
    stage = "commit";
    const changes = await findChangedFiles(checkout, folder, git);
    const paths = changes.files.map(({ path }) => path);
    const refused = new Set([...changes.links, ...forbiddenPaths(paths, job.allowedPaths)]);
    if (paths.length === 0) return { kind: "no_change", summary, usage };
    if (refused.size > 0) return { kind: "outside_allowed_paths", files: paths.filter((p) => refused.has(p)), usage };
    const commit = await commitChanges(checkout, job, summary, changes.git);

    recorder.stage("pushing");
    stage = "push";
    await pushBranch(job.remoteUrl, job.branch, commit, changes.git);
    isPushed = true;

    // After the push: nothing that the project's own scripts do can change what was pushed, or what is kept.
    await keepAll();
    keepAll = async () => {};
    recorder.stage("verifying");
    const change = { checkout, commit, changes };
    const proof = await verify(job, change, checkFolder, { ...needs, signal }).catch((error: unknown): Proof => {
      if (needs.signal.aborted && interruptionOf(needs.signal) === "stopped") throw error;
      return { kind: "not_verified", reason: whyNotVerified(signal) };
    });
    return { kind: "pushed", commit, files: changes.files, summary, proof, usage };
  } catch (error) {
    if (signal.reason instanceof OutOfResources) {
      // It would be tried again with what is kept: nothing is.
      keepAll = async () => {};
      leave = async () => {};
      return { kind: "agent_failed", reason: signal.reason.message, usage };
    }
    if (signal.aborted) return { kind: interruptionOf(signal), usage };
    if (error instanceof GitError) return { kind: "git_failed", stage, reason: error.message, usage };
    throw error;
  } finally {
    inbox.close();
    await keepAll();
    stopWatching();
    await leave();
    await removeFolder(folder);
  }
}

function interruptionOf(signal: AbortSignal): Interruption {
  return signal.reason === "out_of_time" ? "out_of_time" : "stopped";
}

/** Ends a sentence that begins “Not verified:”. */
function whyNotVerified({ aborted, reason }: AbortSignal): string {
  if (reason instanceof OutOfResources) return reason.message;
  return aborted ? "the run's time was up" : "the check could not be run";
}
