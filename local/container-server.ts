import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { eventPageSchema, type JobEvent } from "../shared/job.ts";
import { projectRoot } from "./project-root.ts";

export interface ContainerServerOptions {
  port: number;
  /** Stands for the container's `/workspace`. */
  workspace: string;
  /** What opens it; without one anybody can. */
  token?: string;
  /** One line that it printed, and when. */
  onLog?: (line: string, at: number) => void;
}

/** The container's server as a process of this machine: the same code, but no walls around the agent. */
export async function startContainerServer({
  port,
  workspace,
  token,
  onLog = () => undefined,
}: ContainerServerOptions) {
  await mkdir(workspace, { recursive: true });
  const { PATH = "", LANG = "C.UTF-8" } = process.env;
  const child = spawn(
    process.execPath,
    ["--disable-sigusr1", "--max-semi-space-size=2", join(projectRoot, "container/server.ts")],
    {
      cwd: workspace,
      env: {
        PATH: [join(projectRoot, "node_modules/.bin"), PATH].join(delimiter),
        LANG,
        HOME: workspace,
        HOST: "127.0.0.1",
        PORT: String(port),
        WORKSPACE_DIR: workspace,
        // Not the token itself: the agent is the same user here and could read it among the variables.
        ...(token !== undefined && { EXECUTOR_TOKEN: "-" }),
      },
      stdio: "pipe",
    },
  );
  child.stdin.on("error", () => undefined).end(token);
  let said = "";
  for (const output of [child.stdout, child.stderr]) {
    createInterface(output).on("line", (line) => {
      said = `${said}${line}\n`.slice(-4000);
      onLog(line, Date.now());
    });
  }
  const exited = once(child, "exit");

  const url = `http://127.0.0.1:${port}`;
  async function isUp(): Promise<boolean> {
    return fetch(`${url}/health`).then(
      (response) => response.ok,
      () => false,
    );
  }
  while (!(await isUp())) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the container server did not start:\n${said}`);
    await wait(25);
  }
  return {
    url,
    /** Ends the server and everything it runs. */
    async close(): Promise<void> {
      child.kill("SIGTERM");
      await exited;
    },
    /** What a job that it knows has said so far. Throws of any other. */
    async events(jobId: string): Promise<JobEvent[]> {
      const headers = { ...(token !== undefined && { authorization: `Bearer ${token}` }) };
      const response = await fetch(`${url}/jobs/${jobId}/events?after=0`, { headers });
      if (!response.ok) throw new Error(`the container server answered ${response.status}: ${await response.text()}`);
      return eventPageSchema.parse(await response.json()).events;
    },
    pid: child.pid,
  };
}
