import { execFile } from "node:child_process";
import { readFile, readdir, readlink } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

interface Found {
  pid: number;
  parent: number;
  group: number;
}

async function listProcesses(): Promise<Found[]> {
  const listing = promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,pgid="]);
  const { stdout } = await listing.catch(() => ({ stdout: "" }));
  return stdout
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [pid, parent, group] = line.trim().split(/\s+/).map(Number);
      return pid && parent !== undefined && group ? [{ pid, parent, group }] : [];
    });
}

/** The processes that descend from `root`, or share a process group with one that does. */
function withDescendants(root: number, processes: Found[]): Set<number> {
  const found = new Set([root]);
  const groups = new Set([root]);
  for (let before = -1; before < found.size;) {
    before = found.size;
    for (const { pid, parent, group } of processes) {
      if (!found.has(parent) && !found.has(pid) && !groups.has(group)) continue;
      found.add(pid);
      groups.add(group);
    }
  }
  return found;
}

/** Linux only: processes that lost their parent but still carry the job's folder as their home or working directory. */
async function findStrays(folder: string): Promise<number[]> {
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const strays: number[] = [];
  for (const pid of pids) {
    const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => "");
    const isOurs = environment.split("\0").includes(`HOME=${folder}/home`) || `${cwd}/`.startsWith(`${folder}/`);
    if (isOurs && Number(pid) !== process.pid) strays.push(Number(pid));
  }
  return strays;
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself.
  }
}

/** Asks the process group of `root` to end, then ends everything `root` started, wherever it has gone. */
export async function endProcesses(root: number, folder: string, ended: Promise<unknown>, graceMs: number) {
  const before = withDescendants(root, await listProcesses());
  kill(-root, "SIGTERM");
  await Promise.race([ended, wait(graceMs, undefined, { ref: false })]);
  kill(-root, "SIGKILL");
  for (let round = 0; round < 5; round++) {
    const now = await listProcesses();
    const alive = new Set(now.map(({ pid }) => pid));
    const known = round === 0 ? [...before] : [];
    const left = [...new Set([...known, ...withDescendants(root, now), ...(await findStrays(folder))])];
    const toEnd = left.filter((pid) => alive.has(pid));
    if (toEnd.length === 0) return;
    for (const pid of toEnd) kill(pid, "SIGKILL");
  }
}
