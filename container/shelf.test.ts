import { afterEach, describe, it } from "vitest";
import type { Script } from "../local/anthropic.ts";
import { createWorld, type World } from "./test-world.ts";

let world: World;
afterEach(() => world.close());

const files = { "src/cart.js": "export const total = 1;\n", ".gitignore": "node_modules/\n", "README.md": "# shop\n" };
const look =
  "stat -c 'written %y' README.md; cat src/cart.js; ls -A . src; git status --short --ignored; git log --oneline";

/** The first run looks around and does `damage`; the next one looks around and changes a file. */
function scripted(damage: string): Script {
  return ({ turn, said }) => {
    const command = `${look}; ${said.includes("again") ? "echo 3 > src/later.js" : damage}`;
    return turn === 0 ? [{ tool: "Bash", input: { command, description: "Do it" } }] : [{ text: "Done." }];
  };
}

/** What the last run's agent was shown. */
const seen = () => JSON.stringify(world.anthropic.requests.at(-1)?.body);
const written = () => /written [-\d: .]+/.exec(seen())?.[0];

async function start(damage: string): Promise<void> {
  world = await createWorld({ script: scripted(damage), files, keepsCheckout: true });
}
const again = (changes: Parameters<World["run"]>[0] = {}) =>
  world.run({ id: "job-2", prompt: "Look again.", ...changes });

describe("a server that has one conversation", () => {
  it("takes up the last run's files where they are still the branch's, and nothing else of what lay there", async ({
    expect,
  }) => {
    await start("echo 2 > src/cart.js; mkdir -p node_modules/x junk; echo y | tee node_modules/x/y junk/z notes.txt");
    expect(await world.run()).toMatchObject({ kind: "outside_allowed_paths" });
    const before = written();
    world.remote.push({ "src/new.js": "1\n" }, "main");
    expect(await again()).toMatchObject({ kind: "pushed", files: [{ path: "src/later.js" }] });
    expect(before).toContain("written 20");
    expect(written()).toBe(before);
    expect(seen()).toContain("export const total = 1;");
    expect(seen()).toContain("new.js");
    expect(seen()).not.toMatch(/node_modules|junk|notes\.txt/);
    expect(await world.leftovers()).toEqual(["last-checkout"]);
  });

  it("goes on from the commit that it pushed itself", async ({ expect }) => {
    await start("echo 2 > src/cart.js");
    const first = await world.run();
    expect(first).toMatchObject({ kind: "pushed" });
    const before = written();
    expect(await again()).toMatchObject({ kind: "pushed", files: [{ path: "src/later.js" }] });
    expect(written()).toBe(before);
    expect(first).toHaveProperty("commit", world.remote.git(["rev-parse", "bugbot/one~1"]));
  });

  it.for<[string, string]>([
    ["a `.git` that leads elsewhere", "rm -rf .git; ln -s /tmp .git"],
    ["objects that are gone", "rm -rf .git/objects/*"],
    ["objects that are broken", "for f in $(find .git/objects -type f); do chmod u+w $f; echo junk > $f; done"],
    ["rights taken away", "chmod 500 . .git"],
  ])("works after %s", async ([, damage], { expect }) => {
    await start(damage);
    await world.run();
    expect(await again()).toMatchObject({ kind: "pushed", files: [{ path: "src/later.js" }] });
    expect(seen()).toContain("export const total = 1;");
  });

  it("takes over no setting, hook, filter or other store of objects", async ({ expect }) => {
    const evil = "echo owned > $PWD/src/cart.js";
    await start(
      [
        `git config core.fsmonitor '${evil}'; git config filter.evil.smudge 'echo owned'`,
        "printf '* filter=evil\\n' > .git/info/attributes; echo 'src/later.js' > .git/info/exclude",
        `printf '#!/bin/sh\\n${evil}\\n' > .git/hooks-post; mkdir -p .git/hooks; mv .git/hooks-post .git/hooks/post-checkout; chmod +x .git/hooks/post-checkout`,
        "mkdir -p .git/objects/info; echo /tmp > .git/objects/info/alternates; rm src/cart.js",
      ].join("; "),
    );
    await world.run();
    expect(await again()).toMatchObject({ kind: "pushed", files: [{ path: "src/later.js" }] });
    expect(seen()).toContain("export const total = 1;");
    expect(seen()).not.toContain("owned");
  });

  it("takes up nothing of another repository", async ({ expect }) => {
    await start("true");
    await world.run();
    const before = written();
    const remoteUrl = world.remote.url.replace("127.0.0.1", "localhost");
    expect(await again({ remoteUrl })).toMatchObject({ kind: "pushed" });
    expect(written()).not.toBe(before);
  });
});

it("leaves nothing where a server has more than one", async ({ expect }) => {
  world = await createWorld({ script: scripted("true"), files });
  await world.run();
  expect(await world.leftovers()).toEqual([]);
});
