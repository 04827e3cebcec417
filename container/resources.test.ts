import { readFile, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, describe, it } from "vitest";
import type { Script } from "../local/anthropic.ts";
import { listProcesses } from "./find-processes.ts";
import { createWorld, type World } from "./test-world.ts";

let world: World;
afterEach(() => world.close());

function runs(command: string): Script {
  return ({ turn }) =>
    turn === 0 ? [{ tool: "Bash", input: { command, description: "Do it" } }] : [{ text: "Done." }];
}

const maxProcesses = 60;
const isLinux = process.platform === "linux";
/** Multiplies until there are 512 of it, in groups and sessions of their own, and stays for a minute. */
const bomb = (mark: string) =>
  `b() { [ $1 -gt 0 ] || exec sleep ${mark}; b $(($1 - 1)) & setsid sh -c "sleep ${mark}" & b $(($1 - 1)) & wait; }; b 7`;
const running = async (mark: string): Promise<number> => {
  const lines = await Promise.all(
    (await listProcesses()).map(({ pid }) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  return lines.filter((line) => line.includes(mark)).length;
};

describe("a job that holds more than it may", () => {
  it.runIf(isLinux)("is ended with every process it has: too many", async ({ expect }) => {
    world = await createWorld({ script: runs(bomb("61.25")), resources: { maxProcesses } });
    expect(await world.run()).toMatchObject({
      kind: "agent_failed",
      reason: `more than ${maxProcesses} processes ran at once`,
    });
    expect(await running("61.25")).toBe(0);
    expect(world.branches()).toEqual(["main"]);
    expect(await world.leftovers()).toEqual([]);
  });

  it("is ended when it fills its folders", async ({ expect }) => {
    const fill = "sh -c 'head -c 300000000 /dev/zero > src/large.bin; sleep 61.5'";
    world = await createWorld({ script: runs(fill), resources: { maxDiskBytes: 200 * 1024 ** 2 } });
    expect(await world.run()).toMatchObject({ kind: "agent_failed", reason: "more than 200 MB were on the disk" });
    expect(await running("61.5")).toBe(0);
    expect(world.branches()).toEqual(["main"]);
    expect(await world.leftovers()).toEqual([]);
  });

  it("is ended when it fills the disk, also where it cannot be seen: a file that is removed and still open", async ({
    expect,
  }) => {
    const { bavail, bsize } = await statfs(tmpdir());
    const minFreeBytes = bavail * bsize - 500 * 1024 ** 2;
    // One gigabyte in all, should nobody end it.
    const fill = `sh -c 'exec 3> src/hidden; rm src/hidden; head -c 1000000000 /dev/zero >&3; sleep 61.75'`;
    world = await createWorld({ script: runs(fill), resources: { minFreeBytes } });
    expect(await world.run()).toMatchObject({ kind: "agent_failed", reason: "the disk was full" });
    expect(await running("61.75")).toBe(0);
    expect(await world.leftovers()).toEqual([]);
  });

  it.runIf(isLinux)("is no job that was pushed: there it costs the proof, not the fix", async ({ expect }) => {
    const scripts = { test: "sh ./bomb.sh" };
    const files = { "src/cart.js": "1\n", "package.json": JSON.stringify({ scripts }), "bomb.sh": bomb("62.5") };
    world = await createWorld({ script: runs("echo 2 > src/cart.js"), files, resources: { maxProcesses } });
    expect(await world.run()).toMatchObject({
      kind: "pushed",
      proof: { kind: "not_verified", reason: `more than ${maxProcesses} processes ran at once` },
    });
    expect(await running("62.5")).toBe(0);
    expect(world.branches()).toEqual(["bugbot/one", "main"]);
    expect(await world.leftovers()).toEqual([]);
  });
});

it("turns a job away where as many run as may, and takes it when one has ended", async ({ expect }) => {
  world = await createWorld({ script: () => "hang" });
  const ids = Array.from({ length: 10 }, (_, index) => `job-${index}`);
  for (const id of ids) expect((await world.post("/jobs", world.job({ id }))).status).toBe(202);
  const more = world.job({ id: "one-more" });
  expect((await world.post("/jobs", more)).status).toBe(503);
  expect((await world.post("/jobs", world.job({ id: "job-3" }))).status).toBe(200);
  for (const id of ids) await world.post(`/jobs/${id}/stop`);
  await world.outcomeOf("job-3");
  while ((await world.post("/jobs", more)).status === 503) await wait(20);
  await world.post("/jobs/one-more/stop");
  expect(await world.outcomeOf("one-more")).toMatchObject({ kind: "stopped" });
});
