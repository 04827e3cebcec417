import { setTimeout as wait } from "node:timers/promises";
import { endProcesses } from "./end-processes.ts";
import type { Environment } from "./environment.ts";
import { checkOutputGraceMs, graceMs, maxCheckOutputBytes, maxCheckTailLength } from "./limits.ts";
import { plainText } from "./plain-text.ts";
import { startProcess } from "./start-process.ts";

export interface CheckNeeds {
  /** The check's own: whatever is at home in it, or works below it, is ended with the check. */
  folder: string;
  environment: Environment;
  timeoutMs: number;
  signal: AbortSignal;
}

export interface CheckResult {
  kind: "passed" | "failed" | "timed_out" | "talked_too_much";
  /** The end of what it printed: untrusted. */
  output: string;
}

/** Runs a command of the project's in `cwd` and ends all it started. */
export async function runCheck(command: string, cwd: string, needs: CheckNeeds): Promise<CheckResult> {
  const { folder, environment, timeoutMs, signal } = needs;
  signal.throwIfAborted();
  const child = await startProcess("sh", ["-c", `exec 2>&1\n${command}`], cwd, environment);
  child.stdin.end();
  let tail = Buffer.alloc(0);
  let length = 0;
  const flooded = Promise.withResolvers<"talked_too_much">();
  const drained = new Promise<void>((resolve) => void child.stdout.once("close", resolve));
  child.stdout.on("data", (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]).subarray(-4 * maxCheckTailLength);
    length += chunk.length;
    if (length > maxCheckOutputBytes) flooded.resolve("talked_too_much");
  });
  const interrupted = new AbortController();
  const timer = AbortSignal.any([signal, interrupted.signal]);
  try {
    const how = await Promise.race([
      child.ended.then(({ code }) => (code === 0 ? ("passed" as const) : ("failed" as const))),
      flooded.promise,
      wait(timeoutMs, "timed_out" as const, { signal: timer, ref: false }),
    ]);
    // What it left running may keep the output open.
    await Promise.race([drained, wait(how === "passed" || how === "failed" ? checkOutputGraceMs : 0)]);
    return { kind: how, output: plainText(tail.toString("utf8"), 4 * maxCheckTailLength).slice(-maxCheckTailLength) };
  } finally {
    interrupted.abort();
    await endProcesses(child.pid, [folder], child.ended, graceMs);
    child.stdout.destroy();
  }
}
