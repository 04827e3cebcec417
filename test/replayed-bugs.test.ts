import { afterAll, beforeAll, describe, it } from "vitest";
import { expectedProofs, readBugs, scriptFor } from "../bench/fixes/read-bugs.ts";
import { allowedPaths, replay } from "../bench/fixes/replay.ts";
import { createWorld, type World } from "./world.ts";

/** `npm run bench -- fixes` replays all of them. */
const seeded = ["node-due-date", "svelte-cart-store", "ts-monorepo-money"];
const bugs = (await readBugs()).filter(({ name }) => seeded.includes(name));

let world: World;
beforeAll(async () => {
  world = await createWorld({ variables: { BUGBOT_ALLOWED_PATHS: allowedPaths }, script: scriptFor(bugs) });
});
afterAll(() => world?.close());

describe("a bug as people report it", () => {
  it.for(bugs)("becomes a pull request of $name with its proof: $proof", async (bug, { expect }) => {
    const { outcome, lastWord, pull, diff } = await replay(bug, world);
    expect(outcome).toBe("succeeded");
    expect(diff).toBe(bug.patch);
    const { isDraft, words: said } = expectedProofs[bug.proof];
    expect(pull?.isDraft).toBe(isDraft);
    expect(pull?.body).toMatch(said);
    expect(said.exec(lastWord)?.[1]).toMatch(/^[\w./-]+\.test\.\w+$/);
    for (const [other, { words: theirs }] of Object.entries(expectedProofs))
      if (other !== bug.proof) expect(pull?.body).not.toMatch(theirs);
    const asked = JSON.stringify(world.anthropic.requests.map(({ body }) => body));
    for (const words of bug.report.slice(0, -1)) expect(asked).toContain(JSON.stringify(words).slice(1, -1));
  });

  it("reports all seeded bugs", ({ expect }) => {
    expect(bugs.map(({ name }) => name)).toEqual(seeded);
  });
});
