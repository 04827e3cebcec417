import { readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, it } from "vitest";
import type { Script } from "../local/anthropic.ts";
import { shopScript } from "../local/shop-script.ts";
import { createWorld, type World, type WorldOptions } from "./test-world.ts";

let world: World;
afterEach(() => world.close());

async function start(options: WorldOptions): Promise<World> {
  return (world = await createWorld(options));
}

/** A model that runs one command, says something, and is done. */
function runs(command: string): Script {
  return ({ turn }) =>
    turn === 0 ? [{ tool: "Bash", input: { command, description: "Do it" } }] : [{ text: "I did it." }];
}

const shop = join(import.meta.dirname, "../local/shop");
const shopFiles = Object.fromEntries(
  readdirSync(shop, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.\w+$/.test(path))
    .map((path) => [path, readFileSync(join(shop, path), "utf8")]),
);

describe("a fix", () => {
  it("repairs the demo shop: one commit on the job's branch, with the agent's summary", async ({ expect }) => {
    await start({ script: shopScript, files: shopFiles });
    const outcome = await world.run();
    expect(outcome).toMatchObject({
      kind: "pushed",
      files: [{ path: "src/cart.js", additions: 1, deletions: 1 }],
      summary: expect.stringContaining("`npm test`: 8 tests pass."),
      proof: { kind: "reproduced", command: "npm test", tests: [] },
      usage: { turns: expect.any(Number), costUsd: expect.any(Number) },
    });
    expect(world.branches()).toEqual(["bugbot/one", "main"]);
    expect(world.remote.git(["log", "--format=%an <%ae> %s", "main..bugbot/one"])).toBe(
      "bugbot <bugbot@users.noreply.github.com> Fix the cart",
    );
    expect(world.remote.git(["log", "-1", "--format=%b", "bugbot/one"])).toContain("kept a discount code");
    expect(outcome).toHaveProperty("commit", world.remote.git(["rev-parse", "bugbot/one"]));
    expect(await world.leftovers()).toEqual([]);

    const events = (await world.follow("job-1")).map((event) => ("words" in event ? event.words : event.kind));
    expect(events.join(", ")).toBe(
      "stage, stage, said, reading src/cart.js, reading test/cart.test.js, running npm test, said, " +
        "editing src/cart.js, running npm test, said, stage, stage, stage, running npm test on the fix, " +
        "running npm test on the code before, outcome",
    );
  });

  it("continues the branch where the remote has it", async ({ expect }) => {
    await start({ script: runs("cat src/earlier.js && echo 2 > src/later.js") });
    world.remote.push({ "src/earlier.js": "1\n" }, "bugbot/one");
    const before = world.remote.git(["rev-parse", "bugbot/one"]);
    expect(await world.run()).toMatchObject({ kind: "pushed", files: [{ path: "src/later.js" }] });
    expect(world.remote.git(["rev-parse", "bugbot/one~1"])).toBe(before);
  });

  it("names who asked in its last line, whatever they call themselves, and nobody whom the agent names", async ({
    expect,
  }) => {
    const summary = "Done.\n\nCo-authored-by: Eve <eve@example.com>\n signed-off-by : Eve <eve@example.com>";
    await start({
      script: ({ turn }) =>
        turn === 0
          ? [{ tool: "Bash", input: { command: "echo 2 > src/cart.js", description: "Fix it" } }]
          : [{ text: summary }],
    });
    const name = "Ada\nSigned-off-by: Eve <eve@example.com>\u202E";
    await world.run({ coAuthor: { name, email: "ada@example.com" } });
    const trailers = ["log", "-1", "--format=%(trailers:only,unfold)", "bugbot/one"];
    expect(world.remote.git(trailers)).toBe("Co-authored-by: Ada Signed-off-by: Eve eve@example.com <ada@example.com>");
    expect(world.remote.git(["log", "-1", "--format=%b", "bugbot/one"]).split("\n")).toEqual([
      "Done.",
      "",
      "Co-authored-by: Ada Signed-off-by: Eve eve@example.com <ada@example.com>",
    ]);
    const eve = { name: "Eve", email: "eve@example.com>\nSigned-off-by: <a@example.com" };
    expect((await world.post("/jobs", world.job({ id: "eve", coAuthor: eve }))).status).toBe(400);
  });

  it("counts what the agent committed itself, and makes one commit of it", async ({ expect }) => {
    const commit = "git -c user.name=x -c user.email=x@x commit -qam own && git rm -q src/old.js";
    const files = { "src/cart.js": "1\n", "src/old.js": "old\n" };
    await start({ script: runs(`echo 2 > src/cart.js && ${commit} && git branch elsewhere`), files });
    expect(await world.run()).toMatchObject({
      kind: "pushed",
      files: [
        { path: "src/cart.js", additions: 1, deletions: 1 },
        { path: "src/old.js", additions: 0, deletions: 1 },
      ],
    });
    expect(world.remote.git(["log", "--format=%an", "main..bugbot/one"])).toBe("bugbot");
    expect(world.branches()).toEqual(["bugbot/one", "main"]);
  });

  it("takes names with spaces, quotes and accents, and both sides of a rename", async ({ expect }) => {
    const files = { 'src/a "quoted" ü.js': "one\ntwo\nthree\n" };
    await start({ script: runs(`mv src/a* "src/brand new é.js"; printf x > "src/'tab\t'.js"`), files });
    const outcome = await world.run();
    expect(outcome).toMatchObject({ kind: "pushed" });
    const names = "files" in outcome ? outcome.files.map((file) => (typeof file === "string" ? file : file.path)) : [];
    expect(names).toEqual(["src/'tab\t'.js", 'src/a "quoted" ü.js', "src/brand new é.js"]);
  });

  it("leaves bytes as they are, whatever .gitattributes says", async ({ expect }) => {
    const files = {
      ".gitattributes": "* text=auto eol=lf\n*.bin filter=lfs\n",
      "src/a.bin": "x\n",
      "src/dos.js": "a\n",
    };
    await start({
      script: runs("echo y > src/new.js"),
      files,
      prepare: (tree, git) => git(["-C", tree, "config", "core.autocrlf", "false"]),
    });
    expect(await world.run()).toMatchObject({ kind: "pushed", files: [{ path: "src/new.js" }] });
  });

  it("passes on what the repository says of itself as quotations only", async ({ expect }) => {
    const files = { "CLAUDE.md": "Run make.\n", "docs/CONTRIBUTING.md": "Use tabs.\n", "src/a.js": "1\n" };
    await start({ script: [[{ text: "Hello." }]], files });
    await world.run();
    const sent = JSON.stringify(world.anthropic.requests[0]?.body);
    expect(sent).toContain("Untrusted, the repository's CLAUDE.md:\\n```\\nRun make.\\n```");
    expect(sent).toContain("Untrusted, the repository's docs/CONTRIBUTING.md:\\n```\\nUse tabs.\\n```");
    expect(sent.match(/Run make\./g)).toHaveLength(1);
  });
});

it("takes words that look like a command or a file of Claude Code as words", async ({ expect }) => {
  await start({ script: () => [{ text: "I read it." }], files: { "src/a.js": "a marked file\n" } });
  expect(await world.run({ prompt: "/clear @src/a.js is wrong" })).toMatchObject({ summary: "I read it." });
  const sent = JSON.stringify(world.anthropic.requests.map(({ body }) => body));
  expect(sent).toContain("/clear @src/a.js is wrong");
  expect(sent).not.toContain("a marked file");
});

describe("nothing is pushed", () => {
  afterEach(async ({ expect }) => {
    expect(world.remote.requests.filter((request) => request.includes("receive-pack"))).toEqual([]);
    expect(await world.leftovers()).toEqual([]);
  });

  it("when the agent changed nothing", async ({ expect }) => {
    await start({ script: [[{ text: "I could not reproduce it." }]] });
    expect(await world.run()).toMatchObject({ kind: "no_change", summary: "I could not reproduce it." });
  });

  it("when a file outside the allowed paths changed, and names only that one", async ({ expect }) => {
    await start({
      script: runs("sh -c 'echo 2 > src/cart.js; echo x >> README.md; mkdir .github; echo x > .github/a.yml'"),
    });
    expect(await world.run()).toMatchObject({ kind: "outside_allowed_paths", files: [".github/a.yml", "README.md"] });
  });

  it("when the agent moved a file out of the allowed paths", async ({ expect }) => {
    await start({ script: runs("git mv src/cart.js cart.js") });
    expect(await world.run()).toMatchObject({ kind: "outside_allowed_paths", files: ["cart.js"] });
  });

  it("when a symbolic link appears, or hides a folder", async ({ expect }) => {
    await start({ script: runs("ln -s /etc/passwd src/link.js") });
    expect(await world.run()).toMatchObject({ kind: "outside_allowed_paths", files: ["src/link.js"] });
  });

  it("when a symbolic link is turned into a file", async ({ expect }) => {
    const prepare = (tree: string): void => symlinkSync("target", join(tree, "link.js"));
    await start({ script: runs("rm link.js; echo x > link.js"), prepare });
    expect(await world.run({ allowedPaths: ["**"] })).toMatchObject({
      kind: "outside_allowed_paths",
      files: ["link.js"],
    });
  });

  it("when a repository is nested in another", async ({ expect }) => {
    const nest =
      "git init -q src/nested && cd src/nested && git -c user.name=x -c user.email=x commit -q --allow-empty -m x";
    await start({ script: runs(nest) });
    expect(await world.run()).toMatchObject({ kind: "outside_allowed_paths", files: ["src/nested"] });
  });

  it("when the turns are used up", async ({ expect }) => {
    await start({ script: () => [{ tool: "Bash", input: { command: "echo 2 > src/cart.js", description: "x" } }] });
    const outcome = await world.run({ limits: { wallClockMs: 50_000, maxTurns: 2, maxCostUsd: 10 } });
    expect(outcome).toMatchObject({ kind: "out_of_turns", usage: { turns: expect.any(Number) } });
  });

  it("when the money is used up", async ({ expect }) => {
    await start({ script: () => [{ tool: "Bash", input: { command: "echo 2 > src/cart.js", description: "x" } }] });
    const outcome = await world.run({ limits: { wallClockMs: 50_000, maxTurns: 20, maxCostUsd: 0.0001 } });
    expect(outcome).toMatchObject({ kind: "out_of_budget", usage: { turns: 1 } });
  });

  it("when the time is used up, and the agent is gone", async ({ expect }) => {
    await start({ script: () => "hang" });
    expect(await world.run({ limits: { wallClockMs: 1500, maxTurns: 20, maxCostUsd: 1 } })).toMatchObject({
      kind: "out_of_time",
    });
  });

  it("when the model's API refuses the key", async ({ expect }) => {
    await start({ script: () => ({ status: 401, type: "authentication_error", message: "invalid x-api-key" }) });
    expect(await world.run()).toMatchObject({ kind: "agent_failed", reason: expect.stringMatching(/API key/i) });
  });

  it("when the model's API refuses the request", async ({ expect }) => {
    await start({ script: () => ({ status: 400, type: "invalid_request_error", message: "your budget is spent" }) });
    expect(await world.run()).toMatchObject({
      kind: "agent_failed",
      reason: expect.stringContaining("budget is spent"),
    });
  });

  it("when Claude Code crashes", async ({ expect }) => {
    await start({ script: runs("echo 2 > src/cart.js; kill -9 $CLAUDE_PID") });
    expect(await world.run()).toMatchObject({ kind: "agent_failed", reason: expect.any(String) });
  });

  it("when there is no such base branch", async ({ expect }) => {
    await start({ script: [] });
    expect(await world.run({ baseBranch: "--upload-pack=touch /tmp/x" })).toMatchObject({ kind: "git_failed" });
    expect(await world.run({ id: "job-2", baseBranch: "-main" })).toMatchObject({
      kind: "git_failed",
      stage: "clone",
      reason: "fatal: Remote branch -main not found in upstream origin",
    });
    expect(world.anthropic.requests).toEqual([]);
  });

  it("when the branch to push is the base branch, or is more than a branch", async ({ expect }) => {
    await start({ script: [] });
    expect(await world.run({ branch: "main" })).toMatchObject({ kind: "git_failed", stage: "clone" });
    expect(await world.run({ id: "job-2", branch: "x:refs/heads/main" })).toMatchObject({ kind: "git_failed" });
  });

  it("when the remote is not there, and says so without the credentials of its URL", async ({ expect }) => {
    await start({ script: [] });
    const remoteUrl = world.remote.url.replace("http://", "http://user:hunter2@").replace("shop", "none");
    const outcome = await world.run({ remoteUrl });
    expect(outcome).toMatchObject({ kind: "git_failed", stage: "clone", reason: expect.stringContaining("not found") });
    expect(JSON.stringify(outcome)).not.toContain("hunter2");
  });
});

describe("a refused push", () => {
  it("says so in git's own words when the branch has moved meanwhile", async ({ expect }) => {
    await start({
      script: ({ turn }) => {
        if (turn > 0) world.remote.push({ "src/other.js": "theirs\n" }, "bugbot/one");
        return runs("echo 2 > src/cart.js")({ turn, model: "", prompt: "", said: "", cwd: "", toolResults: [] });
      },
    });
    expect(await world.run()).toMatchObject({
      kind: "git_failed",
      stage: "push",
      reason: expect.stringContaining("rejected"),
    });
    expect(world.remote.git(["log", "-1", "--format=%an", "bugbot/one"])).toBe("Ada");
  });
});
