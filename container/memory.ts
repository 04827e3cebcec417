import { randomUUID } from "node:crypto";
import type { ChangedFile, Job, Memory } from "../shared/job.ts";
import { packCheckpoint, type Checkpoint } from "./checkpoint.ts";
import type { Checkout } from "./checkout.ts";
import { createGit, type Git } from "./git.ts";
import type { Environment } from "./environment.ts";
import { keepMs } from "./limits.ts";
import { readTranscript, writeTranscript } from "./transcript.ts";
import { applyWork, readWork } from "./unpushed-work.ts";

/** The session a run asks in, and what of the last one is there again. */
export interface Session {
  id: string;
  isResumed: boolean;
  lost: Memory["lost"];
}

export interface Place {
  folder: string;
  checkout: Checkout;
  allowedPaths: string[];
}

/** Puts back what an earlier run left, as far as it still fits; without one, a new session. */
export async function restore(given: Checkpoint | undefined, place: Place, git: Git): Promise<Session> {
  const { folder, checkout, allowedPaths } = place;
  const session = given?.session;
  const isWorkThere =
    given?.work === undefined || (await applyWork(Buffer.from(given.work, "base64"), checkout, allowedPaths, git));
  if (session) await writeTranscript(folder, checkout.repository, session);
  return {
    id: session?.id ?? randomUUID(),
    isResumed: session !== undefined,
    lost: isWorkThere ? [] : ["work"],
  };
}

/** For a session that Claude Code cannot take up. */
export function startOver({ lost }: Session): Session {
  return { id: randomUUID(), isResumed: false, lost: [...lost, "session"] };
}

export interface Kept {
  packed: Buffer | undefined;
  /** Changed and not pushed. */
  files: ChangedFile[];
}

/** What the next run needs of this one. It has a time of its own: the run's may be over. */
export async function keep(
  sessionId: string,
  isPushed: boolean,
  { folder, checkout, allowedPaths }: Place,
  environment: Environment,
): Promise<Kept> {
  const git = createGit(folder, environment, AbortSignal.timeout(keepMs));
  const [transcript, work] = await Promise.all([
    readTranscript(folder, checkout.repository, sessionId).catch(() => undefined),
    isPushed ? undefined : readWork(checkout, allowedPaths, folder, git).catch(() => undefined),
  ]);
  const patch = work && { work: work.patch.toString("base64") };
  const session = transcript === undefined ? {} : { session: { id: sessionId, transcript } };
  if (!patch && !("session" in session)) return { packed: undefined, files: [] };
  const whole = await packCheckpoint({ v: 1, ...session, ...patch });
  // A transcript that is too large is not kept; the work still is.
  const packed = whole ?? (patch && (await packCheckpoint({ v: 1, ...patch })));
  return { packed, files: packed && work ? work.files : [] };
}

/** Asked once the earlier session is there; where it is not, the whole prompt is. */
export function promptFor({ prompt, resumePrompt }: Job, { isResumed }: Session): string {
  return isResumed ? (resumePrompt ?? prompt) : prompt;
}
