import { setTimeout as wait } from "node:timers/promises";
import { endProcesses } from "./end-processes.ts";
import type { Environment } from "./environment.ts";
import { graceMs, maxGitOutputBytes, maxReasonLength, remoteRetryMs, remoteSilenceSeconds } from "./limits.ts";
import { plainText } from "./plain-text.ts";
import { startProcess } from "./start-process.ts";

/** git's own words about why it failed. */
export class GitError extends Error {
  override readonly name = "GitError";
}

/** Settings that no repository may decide. */
const hardened = Object.entries({
  "core.hooksPath": "/dev/null",
  "core.fsmonitor": "false",
  "core.untrackedCache": "false",
  "core.quotePath": "false",
  "core.attributesFile": "/dev/null",
  "core.excludesFile": "/dev/null",
  "core.autocrlf": "false",
  "core.pager": "cat",
  "credential.helper": "",
  "commit.gpgSign": "false",
  "push.gpgSign": "false",
  "submodule.recurse": "false",
  "diff.ignoreSubmodules": "all",
  "fetch.recurseSubmodules": "false",
  "protocol.allow": "never",
  "protocol.http.allow": "always",
  "protocol.https.allow": "always",
  "gc.auto": "0",
  "maintenance.auto": "false",
  "advice.detachedHead": "false",
  // An agent may have written beside its objects what these are not.
  "core.commitGraph": "false",
  "core.multiPackIndex": "false",
  // What a run has on its disk lives no longer than the run.
  "core.fsync": "none",
  // Where a disk is slow to make files, most of a checkout is waiting for it.
  "checkout.workers": "16",
  "http.lowSpeedLimit": "1",
  "http.lowSpeedTime": String(remoteSilenceSeconds),
}).flatMap(([name, value]) => ["-c", `${name}=${value}`]);

export interface GitOptions {
  env?: Environment;
  input?: Buffer | string;
  /** Asks the git host for what can be asked twice: it is, where the host fails in passing. */
  remote?: boolean;
}

export type Git = (args: string[], options?: GitOptions) => Promise<Buffer>;

/** Runs git below `folder` with nothing but `environment`, and ends it with everything it started on `signal`. */
export function createGit(folder: string, environment: Environment, signal: AbortSignal): Git {
  return async (args, options = {}) => {
    for (const delayMs of options.remote ? remoteRetryMs : []) {
      try {
        return await run(args, options);
      } catch (error) {
        if (!(error instanceof GitError) || !isPassing(error.message)) throw error;
        await wait(delayMs * (0.5 + Math.random()), undefined, { signal });
      }
    }
    return run(args, options);
  };

  async function run(args: string[], { env = {}, input = "" }: GitOptions): Promise<Buffer> {
    signal.throwIfAborted();
    const child = await startProcess("git", [...hardened, ...args], folder, { ...environment, ...env });
    const stop = (): void => {
      void endProcesses(child.pid, [], child.ended, graceMs).then(() => child.stdout.destroy());
    };
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    try {
      child.stdin.end(input);
      const chunks: Buffer[] = [];
      let length = 0;
      for await (const chunk of child.stdout) {
        const bytes = Buffer.from(chunk);
        length += bytes.length;
        if (length > maxGitOutputBytes) stop();
        else chunks.push(bytes);
      }
      const { code } = await child.ended;
      signal.throwIfAborted();
      if (length > maxGitOutputBytes) throw new GitError("git answered with more than bugbot reads");
      if (code !== 0) throw new GitError(ownWords(child.errorTail()) || `git ended with code ${code}`);
      return Buffer.concat(chunks);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }
}

const brokenOff =
  /Could not resolve|Failed to connect|Connection (?:reset|refused|timed out)|(?:Recv|Send) failure|Empty reply|transfer closed|too slow|timed out|early EOF|hung up unexpectedly/i;

/** Whether the host may answer in a moment what it did not answer now. What it refused, it refuses again. */
function isPassing(words: string): boolean {
  const status = Number(/(?:returned error: |HTTP )(\d{3})/.exec(words)?.[1]);
  return status > 0 ? status >= 500 || status === 429 || status === 408 : brokenOff.test(words);
}

/** The last lines of git's stderr, without the credentials a URL may carry. */
function ownWords(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("hint:"));
  return plainText(
    lines
      .slice(-8)
      .join("\n")
      .replaceAll(/:\/\/[^/\s@]*@/g, "://"),
    maxReasonLength,
  );
}
