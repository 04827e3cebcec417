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
  /** `not_started`: the shell found no such command, or may not run it. */
  kind: "passed" | "failed" | "not_started" | "timed_out" | "talked_too_much";
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
      child.ended.then(({ code }) => kindOf(code)),
      flooded.promise,
      wait(timeoutMs, "timed_out" as const, { signal: timer, ref: false }),
    ]);
    // What it left running may keep the output open.
    await Promise.race([drained, wait(how === "timed_out" || how === "talked_too_much" ? 0 : checkOutputGraceMs)]);
    return { kind: how, output: plainText(tail.toString("utf8"), 4 * maxCheckTailLength).slice(-maxCheckTailLength) };
  } finally {
    interrupted.abort();
    await endProcesses(child.pid, [folder], child.ended, graceMs);
    child.stdout.destroy();
  }
}

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_08_02 */
function kindOf(exitCode: number | null): "passed" | "failed" | "not_started" {
  if (exitCode === 126 || exitCode === 127) return "not_started";
  return exitCode === 0 ? "passed" : "failed";
}
