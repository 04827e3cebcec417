import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout, with a trailing slash. */
export const checkout = fileURLToPath(new URL("..", import.meta.url));

export interface Run {
  code: number;
  stdout: string;
  stderr: string;
}

/** `bugbot …` as a process, for tests: in a folder of its own, and with nothing of the test's environment. */
export async function createRunner() {
  const folder = await mkdtemp(join(tmpdir(), "bugbot-cli-test-"));
  const run = (file: string, args: string[], cwd: string, env: Record<string, string>) =>
    new Promise<Run>((resolve) => {
      const options = { cwd, env: { PATH: process.env["PATH"], HOME: folder, ...env } };
      execFile(file, args, options, (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
      });
    });
  return {
    folder,
    bugbot: (words: string, env: Record<string, string> = {}) =>
      run(process.execPath, [join(checkout, "cli/bugbot.ts"), ...words.split(" ").filter(Boolean)], folder, env),
    /** What goes on until it is stopped. */
    follow: (words: string, env: Record<string, string>) => {
      const child = spawn(process.execPath, [join(checkout, "cli/bugbot.ts"), ...words.split(" ")], {
        cwd: folder,
        env: { PATH: process.env["PATH"], HOME: folder, ...env },
        stdio: ["ignore", "pipe", "inherit"],
      });
      let stdout = "";
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
      return {
        stdout: () => stdout,
        stop: async () => {
          child.kill("SIGINT");
          await once(child, "exit");
        },
      };
    },
    /** As a person does in the checkout. */
    npxBugbot: (words: string) =>
      run("npx", ["bugbot", ...words.split(" ")], checkout, { npm_config_update_notifier: "false" }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
export type Runner = Awaited<ReturnType<typeof createRunner>>;
