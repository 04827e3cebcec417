import { afterAll, beforeAll, describe, it } from "vitest";
import { readBugs, scriptFor } from "../bench/fixes/read-bugs.ts";
import { allowedPaths, replay } from "../bench/fixes/replay.ts";
import { createWorld, type World } from "./world.ts";

/** `npm run bench -- fixes` replays all of them. */
const seeded = ["svelte-cart-store", "ts-monorepo-money"];
const bugs = (await readBugs()).filter(({ name }) => seeded.includes(name));

let world: World;
beforeAll(async () => {
  world = await createWorld({ variables: { BUGBOT_ALLOWED_PATHS: allowedPaths }, script: scriptFor(bugs) });
});
afterAll(() => world?.close());

describe("a bug as people report it", () => {
  it.for(bugs)("becomes the pull request that fixes $name, proven by its new test", async (bug, { expect }) => {
    const { outcome, lastWord, pull, diff } = await replay(bug, world);
    expect(outcome).toBe("succeeded");
    expect(diff).toBe(bug.patch);
    expect(pull?.isDraft).toBe(false);
    const proof = /Reproduced by a new test: with `[\w./-]+\.test\.\w+` `npm test` failed on the code before/;
    expect(pull?.body).toMatch(proof);
    expect(lastWord).toMatch(proof);
    const asked = JSON.stringify(world.anthropic.requests.map(({ body }) => body));
    for (const words of bug.report.slice(0, -1)) expect(asked).toContain(JSON.stringify(words).slice(1, -1));
  });

  it("reports all seeded bugs", ({ expect }) => {
    expect(bugs.map(({ name }) => name)).toEqual(seeded);
  });
});
