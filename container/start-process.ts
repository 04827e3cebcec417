import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { Environment } from "./environment.ts";
import { maxErrorBytes } from "./limits.ts";

export interface StartedProcess {
  pid: number;
  stdin: Writable;
  stdout: Readable;
  /** The end of what it wrote to stderr so far. */
  errorTail: () => string;
  /** Resolves when it has ended and its output is read; never rejects. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Starts a command as the leader of its own process group. Rejects when it cannot be started. */
export async function startProcess(command: string, args: string[], cwd: string, env: Environment) {
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(command, args, {
    cwd,
    env,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  // A process that ends early closes its stdin; what it said about that is in its exit code.
  child.stdin.on("error", () => {});
  let tail = Buffer.alloc(0);
  child.stderr.on("data", (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]).subarray(-maxErrorBytes);
  });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  const pid = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.once("spawn", () => resolve(child.pid ?? 0));
  });
  const { stdin, stdout } = child;
  return { pid, stdin, stdout, errorTail: () => tail.toString("utf8"), ended } satisfies StartedProcess;
}
