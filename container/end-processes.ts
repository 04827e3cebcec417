import { setTimeout as wait } from "node:timers/promises";
import { isAlone } from "./alone.ts";
import { findStrays, type Found, listRest, listProcesses, withDescendants } from "./find-processes.ts";
import { endWithinMs } from "./limits.ts";

/** A negative id is a process group's. */
function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself.
  }
}

/**
 * Asks the process group of `root` to end, then ends everything `root` started, and what is at home in one of these
 * folders. With a folder, and alone in the container, that is whatever else runs there.
 */
export async function endProcesses(
  root: number,
  folders: readonly string[],
  ended: Promise<unknown>,
  graceMs: number,
): Promise<void> {
  const before = withDescendants([root], await listOthers(), [root]);
  kill(-root, "SIGTERM");
  await Promise.race([ended, wait(graceMs, undefined, { ref: false })]);
  kill(-root, "SIGKILL");
  await killAll([root, ...before.found], folders, before.groups);
}

/** Ends at once everything that is at home in one of these folders, or works below it; alone in the container, everything. */
export async function endAllOf(folders: readonly string[]): Promise<void> {
  await killAll([], folders, []);
}

/** All but this server and what shares its process group: nothing that a job starts can. */
async function listOthers(): Promise<Found[]> {
  const all = await listProcesses();
  const own = all.find(({ pid }) => pid === process.pid)?.group;
  return all.filter(({ group }) => group !== own);
}

async function killAll(roots: readonly number[], folders: readonly string[], known: Iterable<number>): Promise<void> {
  if (isAlone && folders.length > 0) return endOthers();
  let groups = new Set(known);
  for (let round = 0; round < 5; round++) {
    const now = await listOthers();
    const alive = new Set(now.map(({ pid }) => pid));
    const strays = await findStrays(folders);
    const all = withDescendants([...(round === 0 ? roots : []), ...strays], now, groups);
    groups = all.groups;
    const toEnd = [...all.found].filter((pid) => alive.has(pid));
    if (toEnd.length === 0) return;
    // A group as a whole: one by one, they can multiply faster than they end.
    for (const group of groups) kill(-group, "SIGKILL");
    for (const pid of toEnd) kill(pid, "SIGKILL");
  }
}

let ending: Promise<void> | undefined;

/** Once for all who ask at the same time: a run that begins when this has ended must not be met by another's. */
function endOthers(): Promise<void> {
  return (ending ??= endEverything().finally(() => (ending = undefined)));
}

/** All but PID 1 and this process, in one sweep of the kernel's that nothing can escape by multiplying. */
async function endEverything(): Promise<void> {
  for (const until = Date.now() + endWithinMs; Date.now() < until;) {
    kill(-1, "SIGKILL");
    if ((await listRest()).length === 0) return;
    await wait(5);
  }
  throw new Error("what a run started could not be ended");
}
