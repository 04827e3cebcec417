import { execFile } from "node:child_process";
import { statfs } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { endAllOf } from "./end-processes.ts";
import { findStrays, listPids, listProcesses, withDescendants } from "./find-processes.ts";
import { lookAtFoldersMs, lookAtResourcesMs } from "./limits.ts";

/** What a job may hold of the machine it runs on. */
export interface Resources {
  /** How many processes may run at once. Linux only. */
  maxProcesses: number;
  /** What its folders may hold together. */
  maxDiskBytes: number;
  /** What must be left free on the disk, whoever fills it. */
  minFreeBytes: number;
}

/** A job held more of the machine than it may. Its message follows the words "the agent failed:" or "not verified:". */
export class OutOfResources extends Error {
  override readonly name = "OutOfResources";
}

/**
 * Looks at what a job's folders and their processes hold, several times a second. What is too much is told, and
 * ended at once with everything else of the job. Answers how to stop looking.
 */
export function watchResources(
  folders: readonly string[],
  resources: Resources,
  exceeded: (reason: OutOfResources) => void,
): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  async function watch(look: typeof countProcesses, everyMs: number): Promise<void> {
    for (let tookMs = 0; !signal.aborted;) {
      // What takes long to look at is looked at less often.
      await wait(Math.max(everyMs, 20 * tookMs), undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      const startedAt = Date.now();
      // What cannot be looked at now, can be the next time.
      const reason = await look(folders, resources).catch(() => undefined);
      tookMs = Date.now() - startedAt;
      if (reason === undefined) continue;
      stop.abort();
      exceeded(new OutOfResources(reason));
      await endAllOf(folders);
    }
  }
  void watch(countProcesses, lookAtResourcesMs);
  void watch(lookAtDisk, lookAtResourcesMs);
  void watch(measureFolders, lookAtFoldersMs);
  return () => stop.abort();
}

async function countProcesses(folders: readonly string[], { maxProcesses }: Resources): Promise<string | undefined> {
  // Most of the time the whole machine runs fewer.
  if ((await listPids()).length <= maxProcesses) return undefined;
  const { found } = withDescendants(await findStrays(folders), await listProcesses());
  return found.size > maxProcesses ? `more than ${maxProcesses} processes ran at once` : undefined;
}

async function lookAtDisk([folder = "/"]: readonly string[], { minFreeBytes }: Resources): Promise<string | undefined> {
  const { bavail, bsize, blocks } = await statfs(folder);
  // Some file systems do not say.
  return blocks > 0 && bavail * bsize < minFreeBytes ? "the disk was full" : undefined;
}

async function measureFolders(folders: readonly string[], { maxDiskBytes }: Resources): Promise<string | undefined> {
  // What vanishes while it is counted makes it end with 1, and so does a folder that is not there yet.
  const counting = promisify(execFile)("du", ["-sk", ...folders]);
  const stdout = await counting.then(
    (counted) => counted.stdout,
    (error: unknown) => (error instanceof Error && "stdout" in error ? String(error.stdout) : ""),
  );
  const kilobytes = stdout.split("\n").reduce((sum, line) => sum + (Number.parseInt(line, 10) || 0), 0);
  if (kilobytes * 1024 <= maxDiskBytes) return undefined;
  return `more than ${Math.round(maxDiskBytes / 1024 ** 2)} MB were on the disk`;
}
