import { setTimeout as wait } from "node:timers/promises";
import { findStrays, type Found, listProcesses, withDescendants } from "./find-processes.ts";

/** A negative id is a process group's. */
function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself.
  }
}

/** Asks the process group of `root` to end, then ends everything `root` started, wherever it has gone. */
export async function endProcesses(root: number, folder: string, ended: Promise<unknown>, graceMs: number) {
  const before = withDescendants([root], await listOthers(), [root]);
  kill(-root, "SIGTERM");
  await Promise.race([ended, wait(graceMs, undefined, { ref: false })]);
  kill(-root, "SIGKILL");
  await killAll([root, ...before.found], [folder], before.groups);
}

/** Ends at once everything that is at home in one of these folders, or works below it. */
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
