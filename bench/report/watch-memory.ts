import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";

const sampleMs = 20;

/** Whether the memory of processes can be looked at here. */
export const canWatchMemory = existsSync("/proc/self/status");

export async function residentMb(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / 1e6;
}

/** How far a process's memory rises above where it was; NaN where that cannot be seen. */
export async function watchMemory<T>(
  pid: number | undefined,
  work: () => Promise<T>,
): Promise<{ result: T; growthMb: number }> {
  if (pid === undefined || !canWatchMemory) return { result: await work(), growthMb: Number.NaN };
  const before = await residentMb(pid);
  let most = before;
  const timer = setInterval(() => void residentMb(pid).then((mb) => (most = Math.max(most, mb))), sampleMs);
  try {
    const result = await work();
    return { result, growthMb: most - before };
  } finally {
    clearInterval(timer);
  }
}
