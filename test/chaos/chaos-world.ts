import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { startContainerServer } from "../../local/container-server.ts";
import { createWorld } from "../world.ts";

/** Time for a model that never answers to reach the run's own limit. */
const endMs = 150_000;

/** A world whose container can die in the middle of what it does. */
export async function createChaosWorld() {
  const world = await createWorld({ endMs, variables: { BUGBOT_MAX_MINUTES: "1" } });
  let server = world.containerServer;

  /** Ends the server and all it runs at once, as a host that goes down; an empty one takes its place. */
  async function killContainer(): Promise<void> {
    if (!server?.pid) throw new Error("there is no container server");
    const port = Number(new URL(server.url).port);
    for (const pid of await withDescendants(server.pid)) killOne(pid);
    await server.close();
    server = await startContainerServer({ port, workspace: await mkdtemp(join(world.folder, "workspace-")) });
  }

  return {
    ...world,
    killContainer,
    close: async () => {
      await server?.close();
      await world.close();
    },
  };
}
export type ChaosWorld = Awaited<ReturnType<typeof createChaosWorld>>;

/** The process first: it shall not see its children die. */
async function withDescendants(root: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-eo", "pid=,ppid="]);
  const processes = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found = [root];
  for (const parent of found)
    found.push(...processes.flatMap(([pid = 0, ppid]) => (ppid === parent && pid > 0 ? [pid] : [])));
  return found;
}

function killOne(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}
