import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The workerd process in which both Workers behind `url` run, of those that this process has started. Miniflare starts another one when it dies. */
export async function workersPid(url: string): Promise<number> {
  const { port } = new URL(url);
  const { stdout } = await promisify(execFile)("ps", ["-eo", "pid=,ppid=,args="]);
  for (const line of stdout.split("\n")) {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    if (pid && parent === process.pid && line.includes(`--socket-addr=entry=127.0.0.1:${port} `)) return pid;
  }
  throw new Error("there is no workerd");
}
