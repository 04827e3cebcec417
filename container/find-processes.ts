import { execFile } from "node:child_process";
import { readFile, readdir, readlink } from "node:fs/promises";
import { promisify } from "node:util";
import { isAlone } from "./alone.ts";

export interface Found {
  pid: number;
  parent: number;
  group: number;
}

/** What runs on this machine, zombies aside. Where there is `/proc` this starts no process: there may be none left to start. */
export async function listProcesses(): Promise<Found[]> {
  const pids = await listPids();
  if (pids.length === 0) return askPs();
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, "latin1").catch(() => "")));
  return lines.flatMap((line, index) => {
    // The name is in parentheses and may hold anything.
    const [state, parent, group] = line.slice(line.lastIndexOf(")") + 2).split(" ");
    return line === "" || state === "Z"
      ? []
      : [{ pid: pids[index] ?? 0, parent: Number(parent), group: Number(group) }];
  });
}

/** The ids of everything that runs, and of threads' leaders that have ended; nothing where there is no `/proc`. */
export async function listPids(): Promise<number[]> {
  const names = await readdir("/proc").catch(() => []);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

/** Everything but PID 1 and this process, also what has ended and is still listed. */
export async function listRest(): Promise<number[]> {
  return (await listPids()).filter((pid) => pid !== 1 && pid !== process.pid);
}

async function askPs(): Promise<Found[]> {
  const listing = promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,pgid=,stat="]);
  const { stdout } = await listing.catch(() => ({ stdout: "" }));
  return stdout
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [id, parent, group, state = ""] = line.trim().split(/\s+/);
      const [pid, ppid, pgid] = [Number(id), Number(parent), Number(group)];
      return pid && pgid && !state.startsWith("Z") ? [{ pid, parent: ppid, group: pgid }] : [];
    });
}

/** These processes, those that descend from them, and all that share a process group with one of those. */
export function withDescendants(
  roots: Iterable<number>,
  processes: readonly Found[],
  ownGroups: Iterable<number> = [],
) {
  const found = new Set(roots);
  const groups = new Set(ownGroups);
  for (let before = -1; before < found.size;) {
    before = found.size;
    for (const { pid, parent, group } of processes) {
      if (!found.has(parent) && !found.has(pid) && !groups.has(group)) continue;
      found.add(pid);
      groups.add(group);
    }
  }
  return { found, groups };
}

/**
 * Linux only: processes that have one of these folders as their home or work below it, whoever their parent is; alone in the
 * container, all.
 */
export async function findStrays(folders: readonly string[]): Promise<number[]> {
  if (isAlone && folders.length > 0) return listRest();
  const homes = new Set(folders.map((folder) => `HOME=${folder}/home`));
  const strays: number[] = [];
  for (const pid of await listPids()) {
    const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    const cwd = `${await readlink(`/proc/${pid}/cwd`).catch(() => "")}/`;
    const isOurs =
      environment.split("\0").some((variable) => homes.has(variable)) ||
      folders.some((folder) => cwd.startsWith(`${folder}/`));
    if (isOurs && pid !== process.pid) strays.push(pid);
  }
  return strays;
}
