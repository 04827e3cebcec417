import { afterEach, describe, it } from "vitest";
import { createWorld, type World } from "./test-world.ts";

let world: World;
afterEach(() => world.close());

async function start(): Promise<World> {
  const command = "echo 2 > src/cart.js";
  return (world = await createWorld({
    script: ({ turn }) =>
      turn === 0 ? [{ tool: "Bash", input: { command, description: "Fix it" } }] : [{ text: "Done." }],
  }));
}

const asked = (what: string): number => world.remote.requests.filter((line) => line.includes(what)).length;

const read = "info/refs?service=git-upload-pack";
const fetched = "POST /shop.git/git-upload-pack";
const pushed = "POST /shop.git/git-receive-pack";

describe("a git host that fails in passing", () => {
  it.for([
    { what: "when it is asked for its branches", match: read, status: 503 },
    { what: "when it is too busy", match: read, status: 429 },
    { what: "when it sends the files", match: fetched, status: 502 },
    { what: "by cutting the connection", match: fetched },
    { what: "before the push has landed", match: pushed, status: 503 },
    { what: "when the push begins", match: "info/refs?service=git-receive-pack", status: 500 },
  ])("is asked again: $what", async ({ match, status }, { expect }) => {
    await start();
    world.remote.faults.push(status === undefined ? { match } : { match, status });
    expect(await world.run()).toMatchObject({ kind: "pushed", files: [{ path: "src/cart.js" }] });
    expect(world.remote.faults).toEqual([]);
    expect(world.branches()).toEqual(["bugbot/one", "main"]);
  });

  it("is pushed to once when only the answer to the push was lost", async ({ expect }) => {
    await start();
    world.remote.faults.push({ match: pushed, status: 503, afterEffect: true });
    const outcome = await world.run();
    expect(outcome).toMatchObject({ kind: "pushed" });
    expect(outcome).toHaveProperty("commit", world.remote.git(["rev-parse", "bugbot/one"]));
    expect(asked(pushed)).toBe(1);
    expect(world.remote.git(["rev-list", "--count", "main..bugbot/one"])).toBe("1");
  });

  it("is given up in the end, in git's words", async ({ expect }) => {
    await start();
    for (let time = 0; time < 9; time++) world.remote.faults.push({ match: read, status: 503 });
    const outcome = await world.run();
    expect(outcome).toMatchObject({
      kind: "git_failed",
      stage: "clone",
      reason: expect.stringMatching(/returned error: 503/),
    });
    expect(asked(read)).toBe(4);
  });

  it("is not waited for by a job that is stopped", async ({ expect }) => {
    await start();
    for (let time = 0; time < 9; time++) world.remote.faults.push({ match: read, status: 503 });
    await world.post("/jobs", world.job());
    while (asked(read) === 0) await new Promise(setImmediate);
    await world.post("/jobs/job-1/stop");
    expect(await world.outcomeOf("job-1")).toMatchObject({ kind: "stopped" });
    expect(asked(read)).toBeLessThan(4);
  });
});

describe("a git host that refuses", () => {
  it.for([401, 403, 404, 410])("is not asked again after a %i", async (status, { expect }) => {
    await start();
    world.remote.faults.push({ match: read, status });
    expect(await world.run()).toMatchObject({ kind: "git_failed", stage: "clone" });
    expect(asked(read)).toBe(1);
  });

  it("is not asked again when it refuses the push", async ({ expect }) => {
    await start();
    world.remote.faults.push({ match: pushed, status: 403 });
    expect(await world.run()).toMatchObject({
      kind: "git_failed",
      stage: "push",
      reason: expect.stringMatching(/403/),
    });
    expect(asked(pushed)).toBe(1);
    expect(world.branches()).toEqual(["main"]);
  });
});
