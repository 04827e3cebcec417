import { afterAll, beforeAll, it } from "vitest";
import { demoScript } from "../local/demo-repository.ts";
import { shopScript } from "../local/shop-script.ts";
import { projectRoot } from "../local/project-root.ts";
import { createWorld, type World } from "./world.ts";

const other = "acme/other";

let world: World;
beforeAll(async () => {
  world = await createWorld({
    script: (call) => (call.prompt.includes(other) ? shopScript(call) : demoScript(call)),
    variables: {
      BUGBOT_MODEL: "haiku",
      BUGBOT_PROJECTS: JSON.stringify({
        "acme/*": { model: "opus" },
        [other]: { paths: ["**", "!src"] },
        "acme/shop": { verify: "true project-check", model: "sonnet" },
      }),
    },
  });
  await world.github.seedRepository(other, { fromFolder: `${projectRoot}/local/shop` });
});
afterAll(() => world?.close());

const models = (from: number) =>
  new Set(
    world.anthropic.requests
      .slice(from)
      .map(({ body }) => /"model":"claude-(sonnet|opus)/.exec(JSON.stringify(body))?.[1])
      .filter((family) => family !== undefined),
  );

it("each repository has its own paths, model and verify command", async ({ expect }) => {
  const first = await world.mention("fix https://github.com/acme/shop Apply twice counts twice");
  expect(first.outcome).toBe("succeeded");
  expect([...models(0)]).toEqual(["sonnet"]);
  const asked = JSON.stringify(world.anthropic.requests.map(({ body }) => body));
  expect(asked).toContain("true project-check");
  expect(asked).toContain("src/**");
  expect(world.github.pullRequests(world.repository)[0]?.body).toContain("true project-check");

  const before = world.anthropic.requests.length;
  const second = await world.mention(`fix https://github.com/${other} Apply twice counts twice`);
  expect(second.outcome).not.toBe("succeeded");
  expect(second.replies.at(-1)?.text).toMatch(/^❌ No change came out of it/);
  expect([...models(before)]).toEqual(["opus"]);
  const then = JSON.stringify(world.anthropic.requests.slice(before).map(({ body }) => body));
  expect(then).toContain("**  !src");
  expect(then).not.toContain("true project-check");
  expect(world.github.pullRequests(other)).toEqual([]);
});
