import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, it } from "vitest";
import type { Script } from "../local/anthropic.ts";
import { canary, createWorld, serverEnvironment, type World } from "./test-world.ts";

let world: World;
let workspace: string;
beforeEach(async () => {
  const look = { command: "env", description: "Look" };
  const script: Script = ({ turn, prompt }) => {
    if (prompt === "hang") return "hang";
    return turn === 0 ? [{ tool: "Bash", input: look }] : [{ text: "Done." }];
  };
  world = await createWorld({ script });
  workspace = await mkdtemp(join(tmpdir(), "bugbot-server-"));
});
afterEach(async () => {
  await world.close();
  await rm(workspace, { recursive: true, force: true });
});

async function startServer() {
  const server = spawn("node", [join(import.meta.dirname, "server.ts")], {
    env: { ...serverEnvironment, PORT: "0", HOST: "127.0.0.1", WORKSPACE_DIR: workspace },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface(server.stdout), "line");
  const port = /"port":(\d+)/.exec(String(line))?.[1];
  return { url: `http://127.0.0.1:${port}`, server, exit: once(server, "exit") };
}

describe("the server as a process", () => {
  it("runs a job, hands none of its own variables on, and ends cleanly on SIGTERM", async ({ expect }) => {
    const { url, server, exit } = await startServer();
    await fetch(`${url}/jobs`, { method: "POST", body: JSON.stringify(world.job()) });
    let page: unknown;
    do page = await (await fetch(`${url}/jobs/job-1/events?waitMs=20000`)).json();
    while (!JSON.stringify(page).includes('"done":true'));
    expect(page).toMatchObject({ done: true });
    expect(JSON.stringify(world.anthropic.requests)).toContain("ANTHROPIC_API_KEY=placeholder");
    expect(JSON.stringify(world.anthropic.requests)).not.toContain(canary);
    server.kill("SIGTERM");
    expect(await exit).toEqual([0, null]);
  });

  it("takes a running agent along when it is told to end", async ({ expect }) => {
    const { url, server, exit } = await startServer();
    await fetch(`${url}/jobs`, { method: "POST", body: JSON.stringify(world.job({ prompt: "hang" })) });
    while (world.anthropic.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    // Nobody stopped the job: whoever follows it hears of no outcome.
    const following = fetch(`${url}/jobs/job-1/events?after=1000&waitMs=20000`).then(
      (response) => response.text(),
      () => "cut",
    );
    server.kill("SIGTERM");
    expect(await exit).toEqual([0, null]);
    expect(await following).toBe("cut");
    expect(await readdir(workspace)).toEqual([]);
  });
});
