import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, type ExpectStatic, it } from "vitest";
import type { Script } from "../local/anthropic.ts";
import type { Job } from "../shared/job.ts";
import { canary, createWorld, serverEnvironment, type World } from "./test-world.ts";

let world: World;
let workspace: string;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), "bugbot-server-"));
  const script: Script = ({ turn, prompt }) => {
    if (prompt === "hang") return "hang";
    const command = prompt === "wait" ? `until [ -e ${workspace}/go ]; do sleep 0.1; done` : "env";
    return turn === 0 ? [{ tool: "Bash", input: { command, description: "Look" } }] : [{ text: "Done." }];
  };
  world = await createWorld({ script });
});
afterEach(async () => {
  await world.close();
  await rm(workspace, { recursive: true, force: true });
});

async function startServer(...flags: string[]) {
  const server = spawn("node", [join(import.meta.dirname, "server.ts"), ...flags], {
    env: { ...serverEnvironment, PORT: "0", HOST: "127.0.0.1", WORKSPACE_DIR: workspace },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface(server.stdout);
  let line = "";
  while (!line.includes('"listening"')) line = String(await once(lines, "line"));
  const url = `http://127.0.0.1:${/"port":(\d+)/.exec(line)?.[1]}`;
  const post = (job: Job) => fetch(`${url}/jobs`, { method: "POST", body: JSON.stringify(job) });
  return { url, post, server, lines, exit: once(server, "exit") };
}

/** A container's, which works on its job and is told to end. */
async function startDraining(prompt: string, expect: ExpectStatic) {
  const started = await startServer("--alone");
  await started.post(world.job({ prompt }));
  while (world.anthropic.requests.length === 0) await wait(20);
  const told = once(started.lines, "line");
  started.server.kill("SIGTERM");
  expect(await told).toEqual([JSON.stringify({ worker: "container", event: "draining", running: 1 })]);
  return started;
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
    const following = followJob(url);
    server.kill("SIGTERM");
    expect(await exit).toEqual([0, null]);
    expect(await following).toBe("cut");
    expect(await readdir(workspace)).toEqual([]);
  });

  it("in a container, ends its job first when it is told to end, is read to the end, and takes no other", async ({
    expect,
  }) => {
    const { url, post, exit } = await startDraining("wait", expect);
    expect((await post(world.job({ id: "job-2" }))).status).toBe(503);
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ jobs: { running: 1 }, keepsCheckout: false });
    await writeFile(join(workspace, "go"), "");
    let page = "";
    do page = await (await fetch(`${url}/jobs/job-1/events?waitMs=20000`)).text();
    while (!page.includes('"done":true'));
    expect(page).toContain('"no_change"');
    const checkpoint = `${url}/jobs/job-1/checkpoint`;
    expect((await fetch(checkpoint)).status).toBe(200);
    await fetch(checkpoint, { method: "DELETE" });
    expect(await exit).toEqual([0, null]);
  });

  it("in a container, takes its job along when it is told to end once more", async ({ expect }) => {
    const { url, server, exit } = await startDraining("hang", expect);
    const following = followJob(url);
    server.kill("SIGTERM");
    expect(await exit).toEqual([0, null]);
    expect(await following).toBe("cut");
    expect(await readdir(workspace)).toEqual([]);
  });
});

/** What is heard of a job's end: `cut` where the server is gone before it. */
async function followJob(url: string): Promise<string> {
  return fetch(`${url}/jobs/job-1/events?after=1000&waitMs=20000`).then(
    (response) => response.text(),
    () => "cut",
  );
}
