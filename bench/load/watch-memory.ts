import { execFile } from "node:child_process";
import { promisify } from "node:util";

const everyMs = 250;

/** The most memory that each process holds (its resident set, in MB) from now until `stop`. */
export function watchMemory<Name extends string>(pids: Readonly<Record<Name, number>>) {
  const most = new Map<string, number>();

  async function look(): Promise<void> {
    for (const [name, pid] of Object.entries<number>(pids)) {
      const { stdout } = await promisify(execFile)("ps", ["-o", "rss=", "-p", String(pid)]);
      most.set(name, Math.max(most.get(name) ?? 0, Number(stdout) / 1024));
    }
  }
  const timer = setInterval(() => void look().catch(() => undefined), everyMs);

  return {
    async stop(): Promise<(name: Name) => number> {
      clearInterval(timer);
      await look();
      return (name) => most.get(name) ?? Number.NaN;
    },
  };
}
