import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "vitest";
import type { Proof } from "../shared/job.ts";
import { createNpmRegistry, type NpmRegistry } from "../local/npm-registry.ts";
import { createWorld, type World } from "./test-world.ts";
import { isSetting, isTest } from "./own-check.ts";

let world: World | undefined;
let traces: string;
beforeEach(async () => {
  traces = await mkdtemp(join(tmpdir(), "bugbot-traces-"));
});
afterEach(async () => {
  await world?.close();
  await rm(traces, { recursive: true, force: true });
});

const test = (expected: number) =>
  `import { total } from "./cart.js";\nimport { test } from "node:test";\nimport assert from "node:assert";\ntest("total", () => assert.equal(total, ${expected}));\n`;
const packageWith = (fields: object) => JSON.stringify({ type: "module", scripts: { test: "node --test" }, ...fields });
const shop = { "src/cart.js": "export const total = 1;\n", "package.json": packageWith({}) };

/** A run whose agent writes these files, or runs that command, in a repository with those. */
async function run(
  files: Record<string, string>,
  change: Record<string, string> | string,
  job: Parameters<World["run"]>[0] = {},
) {
  const written = typeof change === "string" ? {} : change;
  const command = typeof change === "string" ? change : "true";
  world = await createWorld({
    files,
    script: ({ turn, cwd }) =>
      turn === 0
        ? [
            // A file that is there must be read before it is written.
            ...Object.keys(written)
              .filter((path) => path in files)
              .map((path) => ({ tool: "Read", input: { file_path: `${cwd}/${path}` } })),
            { tool: "Bash", input: { command, description: "x" } },
          ]
        : turn === 1
          ? Object.entries(written).map(([path, content]) => ({
              tool: "Write",
              input: { file_path: `${cwd}/${path}`, content },
            }))
          : [{ text: "Done." }],
  });
  const outcome = await world.run(job);
  return { world, outcome, proof: "proof" in outcome ? outcome.proof : undefined };
}
const fixed = { "src/cart.js": "export const total = 2;\n" };

describe("the proof of a fix", () => {
  it.for<[string, Record<string, string>, Record<string, string>, Partial<Proof>]>([
    [
      "by a test that failed before",
      { ...shop, "src/cart.test.js": test(2) },
      fixed,
      { kind: "reproduced", command: "npm test", tests: [] },
    ],
    [
      "by a test that the change brings, which fails on the code before",
      shop,
      { ...fixed, "src/cart.test.js": test(2) },
      { kind: "reproduced", command: "npm test", tests: ["src/cart.test.js"] },
    ],
    [
      "not by a test that passes without the change",
      shop,
      { ...fixed, "src/cart.test.js": test(2).replace("total, 2", "typeof total, 'number'") },
      { kind: "passes", command: "npm test", tests: ["src/cart.test.js"] },
    ],
    [
      "not by a test that fails only for want of a file that the change adds",
      shop,
      { "src/other.js": "export const other = 1;\n", "src/cart.test.js": 'import "./other.js";\n' },
      { kind: "passes", command: "npm test", tests: ["src/cart.test.js"], added: ["src/other.js"] },
    ],
    [
      "by a new test that calls a new file, where it is the code around that was wrong",
      { ...shop, "src/cart.js": "export const total = 1;\n" },
      {
        "src/cart.js": 'import { two } from "./two.js";\nexport const total = two;\n',
        "src/two.js": "export const two = 2;\n",
        "src/cart.test.js": test(2),
      },
      { kind: "reproduced", command: "npm test", tests: ["src/cart.test.js"] },
    ],
    [
      "not where the check only failed for want of any test",
      { ...shop, "package.json": packageWith({ scripts: { test: "ls src/*.test.js && node --test" } }) },
      { ...fixed, "src/any.test.js": "\n" },
      { kind: "passes", command: "npm test", tests: ["src/any.test.js"], before: "failed" },
    ],
    [
      "by a test that is in a file with others, which pass as they were",
      { ...shop, "src/cart.test.js": test(1).replace("total, 1", "typeof total, 'number'") },
      { ...fixed, "src/cart.test.js": test(2) },
      { kind: "reproduced", command: "npm test", tests: ["src/cart.test.js"], edited: ["src/cart.test.js"] },
    ],
    [
      "by a test that failed before, though another is edited",
      { ...shop, "src/cart.test.js": test(2), "src/old.test.js": "\n" },
      { ...fixed, "src/old.test.js": "// nothing\n" },
      { kind: "reproduced", command: "npm test", tests: [], edited: ["src/old.test.js"] },
    ],
    [
      "though dependencies are missing that the tests do not need",
      { ...shop, "package.json": packageWith({ devDependencies: { prettier: "1" } }), "src/cart.test.js": test(2) },
      fixed,
      { kind: "reproduced", command: "npm test", tests: [] },
    ],
  ])("is given %s", async ([, files, written, proof], { expect }) => {
    expect((await run(files, written)).proof).toMatchObject(proof);
    expect(await world?.leftovers()).toEqual([]);
  });

  const failing = { ...shop, "src/cart.test.js": test(2) };
  const vitestLike = {
    ...failing,
    "package.json": packageWith({ scripts: { test: "node run.config.js" } }),
    "run.config.js":
      "const { exclude } = await import('./src/run.config.mjs');\nif (!exclude) await import('./src/cart.test.js');\n",
    "src/run.config.mjs": "export const exclude = false;\n",
  };
  const everywhere = { allowedPaths: ["**", ".npmrc"] };
  it.for<[string, Record<string, string>, string, string[]]>([
    ["deletes the test that fails", failing, "rm src/cart.test.js; echo >> src/cart.js", ["src/cart.test.js"]],
    ["skips it", failing, "sed -i 's/test(/test.skip(/' src/cart.test.js", ["src/cart.test.js"]],
    ["moves it away", failing, "mv src/cart.test.js src/cart.js.old", ["src/cart.test.js"]],
    [
      "leaves it out by a runner's settings",
      vitestLike,
      "sed -i s/false/true/ src/run.config.mjs",
      ["src/run.config.mjs"],
    ],
    [
      "changes the script",
      { ...shop, "package.json": packageWith({ scripts: { test: "exit 1" } }) },
      "sed -i 's/exit 1/exit 0/' package.json",
      ["package.json"],
    ],
    [
      "changes what the script runs",
      {
        ...shop,
        "package.json": packageWith({ scripts: { test: "npm run check", check: "sh ./all.sh" } }),
        "all.sh": "exit 1\n",
      },
      "echo exit 0 > all.sh",
      ["all.sh"],
    ],
    [
      "adds settings of npm",
      {
        ...shop,
        "package.json": packageWith({ scripts: { test: "node -e 'process.exit(process.env.NODE_OPTIONS ? 0 : 1)'" } }),
      },
      `node -e "fs.writeFileSync('.' + 'npmrc', 'node-options=--no-warnings')"`,
      [".npmrc"],
    ],
  ])("is not given by a change that %s", async ([, files, command, edited], { expect }) => {
    const { proof } = await run(files, command, everywhere);
    expect(proof).toMatchObject({ kind: "edits_check", edited, before: "failed", asItWas: "failed" });
    expect(await world?.leftovers()).toEqual([]);
  });

  it("says so where a test is made to expect what the fix does", async ({ expect }) => {
    const { proof } = await run({ ...shop, "src/cart.test.js": test(1) }, { ...fixed, "src/cart.test.js": test(2) });
    expect(proof).toMatchObject({
      kind: "edits_check",
      edited: ["src/cart.test.js"],
      before: "passed",
      asItWas: "failed",
      output: expect.stringContaining("2 == 1"),
    });
  });

  it("is not given by a repository whose npm passes every script", async ({ expect }) => {
    const scripts = { test: "exit 1" };
    const { proof } = await run(
      { ...shop, "package.json": packageWith({ scripts }), ".npmrc": "script-shell=/bin/true\n" },
      fixed,
    );
    expect(proof).toMatchObject({ kind: "fails", before: "failed" });
  });

  it("says that the check fails, whether it did before, and how", async ({ expect }) => {
    const { proof } = await run({ ...shop, "src/cart.test.js": test(1) }, fixed);
    expect(proof).toMatchObject({
      kind: "fails",
      before: "passed",
      output: expect.stringMatching(/file:\/\/src\/cart\.test\.js:4/),
    });
  });

  it.for<[string, Record<string, string>, Record<string, string>, RegExp]>([
    ["there is no test script", { "src/cart.js": "1\n" }, fixed, /no `test` script/],
    [
      "the script is the one of npm init",
      { ...shop, "package.json": packageWith({ scripts: { test: 'echo "Error: no test specified" && exit 1' } }) },
      fixed,
      /no `test` script/,
    ],
    [
      "the agent made the script up",
      { "src/cart.js": "1\n" },
      { ...fixed, "package.json": packageWith({ scripts: { test: "true" } }) },
      /no `test` script/,
    ],
    [
      "dependencies are missing",
      { ...shop, "package.json": packageWith({ dependencies: { left: "1" }, scripts: { test: "not-installed" } }) },
      fixed,
      /^dependencies are not installed: no registry is allowed \(BUGBOT_ALLOWED_REGISTRIES\)$/,
    ],
  ])("is not given where %s", async ([, files, written, reason], { expect }) => {
    const { proof } = await run(files, written, everywhere);
    expect(proof).toMatchObject({ kind: "not_verified", reason: expect.stringMatching(reason) });
  });

  describe("with dependencies, where a registry may be asked", () => {
    const pad = {
      name: "left-pad",
      version: "1.3.0",
      files: { "index.js": "module.exports = (text, length) => String(text).padStart(length);\n" },
    };
    const dependencies = { "left-pad": "1.3.0" };
    const padTest = `import pad from "left-pad";\nimport { total } from "./cart.js";\nimport assert from "node:assert";\nassert.equal(pad(total, 2), " 2");\n`;
    let registry: NpmRegistry;
    beforeEach(async () => {
      registry = await createNpmRegistry([{ ...pad, scripts: { postinstall: `touch ${traces}/postinstall` } }]);
    });
    afterEach(() => registry.close());
    const project = (lock: string) => ({
      ...shop,
      "package.json": packageWith({ dependencies }),
      "package-lock.json": lock,
      "src/pad.test.js": padTest,
    });

    it("is given with them installed, by reading only, and none of their scripts is run", async ({ expect }) => {
      const { proof } = await run(project(registry.lock("shop")), fixed, { registryUrl: registry.url });
      expect(proof).toMatchObject({ kind: "reproduced", command: "npm test", tests: [] });
      expect(registry.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
        "GET /left-pad/-/left-pad-1.3.0.tgz",
      ]);
      expect(existsSync(join(traces, "postinstall"))).toBe(false);
      expect(await world?.leftovers()).toEqual([]);
    });

    it("is not given where they cannot be installed, and says why", async ({ expect }) => {
      registry.fault("left-pad", { status: 403, times: 9 });
      const { proof } = await run(project(registry.lock("shop")), fixed, { registryUrl: registry.url });
      expect(proof).toMatchObject({
        kind: "not_verified",
        reason: expect.stringMatching(/^dependencies could not be installed \(npm error code E403; .*\)$/),
      });
      expect(proof).not.toMatchObject({ reason: expect.stringContaining("127.0.0.1") });
    });

    it("asks for nothing where no lock file says what", async ({ expect }) => {
      const { "package-lock.json": _none, ...unlocked } = project("");
      const { proof } = await run(unlocked, fixed, { registryUrl: registry.url });
      expect(proof).toMatchObject({ reason: "dependencies are not installed: there is no package-lock.json" });
      expect(registry.requests).toEqual([]);
    });

    it("asks for nothing where the check installs them itself", async ({ expect }) => {
      const verify = { command: "npm ci --ignore-scripts && npm test", timeoutMs: 60_000 };
      const { proof } = await run(project(registry.lock("shop")), fixed, { registryUrl: registry.url, verify });
      expect(proof).toMatchObject({ kind: "reproduced" });
      expect(existsSync(join(traces, "postinstall"))).toBe(false);
    });
  });

  it("comes from the operator's command where there is one", async ({ expect }) => {
    const verify = { command: "grep 2 src/cart.js", timeoutMs: 30_000 };
    const { proof } = await run({ "src/cart.js": "1\n" }, fixed, { verify });
    expect(proof).toMatchObject({ kind: "reproduced", command: "grep 2 src/cart.js", tests: [] });
  });

  it.for<[string, string, RegExp]>([
    ["is not there", "no-such-command --all", /^`no-such-command --all` could not be started \(.*not found\)$/],
    ["may not be run", "./src/cart.js", /could not be started \(.*[Pp]ermission denied\)$/],
  ])("is not given by a command that %s: that says nothing of the fix", async ([, command, reason], { expect }) => {
    const { proof } = await run(shop, fixed, { verify: { command, timeoutMs: 30_000 } });
    expect(proof).toMatchObject({ kind: "not_verified", reason: expect.stringMatching(reason) });
  });

  it("is not given by a script that starts nothing before", async ({ expect }) => {
    const before = {
      ...shop,
      "package.json": packageWith({ scripts: { test: "sh src/check.sh" } }),
      "src/check.sh": "nothing-like-it\n",
    };
    const { proof } = await run(before, { "src/check.sh": "exit 0\n" });
    expect(proof).toMatchObject({ kind: "edits_check", before: "unknown", asItWas: "unknown" });
  });

  it.for<[string, string, RegExp]>([
    ["does not end", "sleep 1000 & sleep 1000", /did not end within/],
    ["prints without end", "yes", /printed more than/],
  ])("is not given by a check that %s; nothing of it goes on", async ([, script, reason], { expect }) => {
    const verify = { timeoutMs: script === "yes" ? 30_000 : 1_500 };
    const { proof } = await run({ ...shop, "package.json": packageWith({ scripts: { test: script } }) }, fixed, {
      verify,
    });
    expect(proof).toMatchObject({ kind: "not_verified", reason: expect.stringMatching(reason) });
    expect(await world?.leftovers()).toEqual([]);
  });

  it("is stopped like everything else", async ({ expect }) => {
    world = await createWorld({
      files: { ...shop, "package.json": packageWith({ scripts: { test: "sleep 1000" } }) },
      script: ({ turn }) =>
        turn === 0
          ? [{ tool: "Bash", input: { command: "echo 2 > src/cart.js", description: "x" } }]
          : [{ text: "Done." }],
    });
    await world.post("/jobs", world.job());
    await world.follow("job-1", (event) => event.kind === "stage" && event.stage === "verifying");
    await world.post("/jobs/job-1/stop");
    expect(await world.outcomeOf("job-1")).toMatchObject({ kind: "stopped" });
    expect(await world.leftovers()).toEqual([]);
  });
});

describe("a hostile test script", () => {
  it("changes nothing of what is pushed, and leaves nothing running", async ({ expect }) => {
    const script = [
      `echo $$ > ${traces}/ran`,
      // Whatever lies beside it: the agent's repository and bugbot's own.
      'for git in ../../job-*/repo/.git ../../job-*/own-*; do echo "[core] hooksPath=hooks" >> $git/config; mkdir -p $git/hooks; printf "#!/bin/sh\\ntouch trace\\n" > $git/hooks/pre-push; chmod +x $git/hooks/pre-push; done',
      "for file in ../../job-*/repo/src/cart.js ../*/src/cart.js; do echo hostile > $file; done",
      "git init -q . && git add -A && git -c user.name=x -c user.email=x commit -qm hostile",
      `(setsid sh -c 'echo $$ > ${traces}/stray; exec sleep 1000' &)`,
      `while [ ! -s ${traces}/stray ]; do sleep 0.05; done`,
    ].join("; ");
    const { outcome, proof } = await run(
      { ...shop, "package.json": packageWith({ scripts: { test: `sh ./check.sh` } }), "check.sh": `${script}\n` },
      fixed,
    );
    expect(existsSync(join(traces, "ran"))).toBe(true);
    expect(proof).toMatchObject({ kind: "passes" });
    expect(outcome).toHaveProperty("commit", world?.remote.git(["rev-parse", "bugbot/one"]));
    expect(world?.remote.git(["show", "bugbot/one:src/cart.js"])).toBe("export const total = 2;");
    expect(world?.branches()).toEqual(["bugbot/one", "main"]);
    const stray = Number(await readFile(join(traces, "stray"), "utf8"));
    const state = await readFile(`/proc/${stray}/stat`, "utf8").catch(() => "gone");
    expect(state).toMatch(/^gone$|^\d+ \(.*\) Z/);
    expect(await world?.leftovers()).toEqual([]);
  });

  it("sees no secret of the server's, and no repository of git's", async ({ expect }) => {
    const script = `env > ${traces}/env; git rev-parse --git-dir > ${traces}/git 2>&1; true`;
    await run({ ...shop, "package.json": packageWith({ scripts: { test: script } }) }, fixed);
    expect(await readFile(join(traces, "env"), "utf8")).not.toMatch(/canary|ANTHROPIC/);
    expect(await readFile(join(traces, "git"), "utf8")).toContain("not a git repository");
  });
});

it.for<[string, boolean]>([
  ["test/cart.js", true],
  ["test.js", true],
  ["src/cart.test.tsx", true],
  ["src/__tests__/cart.js", true],
  ["src/__snapshots__/cart.test.tsx.snap", true],
  ["src/cart_test.go", true],
  ["tests/test_cart.py", true],
  ["src/cart.js", false],
  ["src/latest/cart.js", false],
  ["src/contest.js", false],
])("knows a test by its path: %s", ([path, expected], { expect }) => {
  expect(isTest(path)).toBe(expected);
});

it.for<[string, boolean]>([
  ["package.json", true],
  ["packages/money/package.json", true],
  ["package-lock.json", true],
  [".npmrc", true],
  [".mocharc.cjs", true],
  ["vitest.config.ts", true],
  ["src/vitest.workspace.ts", true],
  ["karma.conf.js", true],
  ["tsconfig.test.json", true],
  ["jest.setup.js", true],
  ["src/setupTests.ts", true],
  ["Makefile", true],
  ["node_modules/mocha/bin/mocha.js", true],
  ["src/app/app.config.ts", false],
  ["src/config.js", false],
  ["src/configure.ts", false],
  ["src/data/countries.json", false],
  ["src/pages/package.tsx", false],
])("knows a setting by its path: %s", ([path, expected], { expect }) => {
  expect(isSetting(path)).toBe(expected);
});
