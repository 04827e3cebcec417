import { afterAll, beforeAll, describe, it } from "vitest";
import type { Script } from "../local/anthropic.ts";
import { demoReport, demoScript } from "../local/demo-repository.ts";
import { createWorld, type World } from "./world.ts";

const source = "export const total = 1;\n";
const fixed = "export const total = 2;\n";
const test = `import { total } from "./cart.js";\nimport assert from "node:assert";\nassert.equal(total, 2);\n`;
const manifest = (script: string) => JSON.stringify({ type: "module", scripts: { test: script } });

/** Pushes on top of what was just pushed, by the way that it finds in the agent's repository. */
const pushOnTop = [
  "[ -e src/evil.js ] && exit 0",
  "remote=$(sed -n '1s/.* of //p' ../../job-*/repo/.git/FETCH_HEAD)",
  "git clone -q --branch $(git ls-remote $remote 'refs/heads/bugbot/*' | cut -f2 | sed 's|refs/heads/||') $remote clone",
  "cd clone && echo evil > src/evil.js && git add -A && git -c user.name=x -c user.email=x@example.com commit -qm evil",
  "git push -q origin HEAD",
].join("\n");

const repositories: Record<string, Record<string, string>> = {
  "acme/new-test": { "src/cart.js": source, "package.json": manifest("node --test") },
  "acme/slow": { "src/cart.js": source },
  "acme/no-check": { "src/cart.js": source },
  "acme/wants-packages": {
    "src/cart.js": source,
    "package.json": JSON.stringify({ dependencies: { "left-pad": "1.3.0" }, scripts: { test: "left-pad" } }),
  },
  "acme/fails": { "src/cart.js": source, "package.json": manifest("echo it says 2; grep -q 1 src/cart.js") },
  "acme/disarms": { "src/cart.js": source, "src/cart.test.js": test, "package.json": manifest("node --test") },
  "acme/goes-on": { "src/cart.js": source, "package.json": manifest("node --test") },
  "acme/marks-gone": { "src/cart.js": source, "package.json": manifest("node --test") },
  "acme/hostile": { "src/cart.js": source, "package.json": manifest("sh ./check.sh"), "check.sh": pushOnTop },
};

const script: Script = (call) => {
  const name = Object.keys(repositories).find((one) => call.prompt.includes(one));
  if (name === undefined) return demoScript(call);
  const { turn, cwd } = call;
  const write = (path: string, content: string) => ({ tool: "Write", input: { file_path: `${cwd}/${path}`, content } });
  if (name === "acme/goes-on" || name === "acme/marks-gone") {
    const asked = ["break it", "mend it"].findLast((words) => call.said.includes(words));
    if (asked) {
      if (call.toolResults.length > 0) return [{ text: `Done: ${asked}.` }];
      const command =
        asked === "break it"
          ? "sed -i.old s/2/1/ src/cart.js; rm src/*.old"
          : "sed -i.old 's/= .;/= 2; \\/\\/ it/' src/cart.js; rm src/*.old";
      return [{ tool: "Bash", input: { command, description: "Go on" } }];
    }
  }
  if (turn === 0 && name === "acme/disarms")
    return [{ tool: "Bash", input: { command: "rm src/cart.test.js; echo >> src/cart.js", description: "Clean up" } }];
  if (turn === 0) return [{ tool: "Read", input: { file_path: `${cwd}/src/cart.js` } }];
  if (turn === 1 && name === "acme/slow") return [{ tool: "Bash", input: { command: "sleep 4", description: "Wait" } }];
  if (turn > (name === "acme/slow" ? 2 : 1) || name === "acme/disarms")
    return [{ text: "**Cause:** one.\n\n**Change:** two." }];
  return [
    write("src/cart.js", fixed),
    ...(["acme/new-test", "acme/goes-on", "acme/marks-gone"].includes(name) ? [write("src/cart.test.js", test)] : []),
  ];
};

let world: World;
beforeAll(async () => {
  world = await createWorld({ script });
  for (const [name, files] of Object.entries(repositories)) await world.github.seedRepository(name, { files });
});
afterAll(() => world?.close());

const fix = (name: string) => world.mention(`fix https://github.com/${name} The total is wrong`);
const stateOf = (stateId: string | undefined) => world.linear.workspace.states.find(({ id }) => id === stateId)?.name;

describe("the proof of a fix", () => {
  it("is the test that failed before, and stands in pull request and thread", async ({ expect }) => {
    const { replies } = await world.mention(`fix ${demoReport}`);
    const [pull] = world.github.pullRequests(world.repository);
    expect(pull).toMatchObject({ draft: false, labels: ["bugbot"] });
    const words = "Reproduced: `npm test` failed before the change, and passes after it.";
    expect(pull?.body).toContain(words);
    expect(pull?.body).toContain("- `src/cart.js` +1 −1");
    expect(pull?.body).toMatch(/### Evidence\n\n- /);
    expect(pull?.body).not.toContain("@customers.example");
    expect(replies.map(({ text }) => text)).toEqual([
      expect.stringContaining(`1 file, +1 −1: \`src/cart.js\`\n${words}`),
    ]);
    expect(replies[0]?.buttons).toEqual(["Open pull request"]);
    expect(stateOf(world.linear.workspace.issues[0]?.stateId)).toBe("In Review");
  });

  it("is looked for with what the sources know: the agent hears of suspects that it may change", ({ expect }) => {
    const asked = JSON.stringify(world.anthropic.requests.map(({ body }) => body));
    expect(asked).toMatch(/Untrusted, files to look at first, found by searching:\\+n```\\+nsrc\/cart\.js/);
    expect(asked).not.toMatch(/\\ntest\/cart\.test\.js: /);
  });

  it("is a new test that fails on the code before", async ({ expect }) => {
    const { replies } = await fix("acme/new-test");
    const [pull] = world.github.pullRequests("acme/new-test");
    expect(pull?.draft).toBe(false);
    expect(pull?.body).toContain(
      "Reproduced by a new test: with `src/cart.test.js` `npm test` failed on the code before",
    );
    expect(replies[0]?.text).toContain("2 files, +4 −1");
  });

  it.for<[string, string, RegExp]>([
    ["there is no check", "acme/no-check", /Not verified: there is no \\`test\\` script in package\.json/],
    [
      "dependencies are missing",
      "acme/wants-packages",
      /Not verified: dependencies are not installed: no registry is allowed \\\(BUGBOT\\_ALLOWED\\_REGISTRIES\\\)/,
    ],
    [
      "the check fails",
      "acme/fails",
      /`npm test` fails on the fix\. Before the change, it passed\.\n\nHow it ended:\n\n[\s\S]* {4}it says 2/,
    ],
    [
      "the change deletes the test that fails",
      "acme/disarms",
      /The change edits its own check: `npm test` passes, but with `src\/cart\.test\.js` as before it fails\. It failed before the change, too\.\n\nHow it ended:\n\n[\s\S]*1 == 2/,
    ],
  ])("is missing where %s: the pull request is a draft and says why", async ([, name, words], { expect }) => {
    const { outcome, replies } = await fix(name);
    expect(outcome).toBe("succeeded");
    expect(world.github.pullRequests(name)).toMatchObject([{ draft: true, body: expect.stringMatching(words) }]);
    expect(replies[0]?.text).toMatch(/^✅ .*as a draft\n/);
  });

  it("is of what was pushed: a project's script adds nothing to it", async ({ expect }) => {
    const { outcome } = await fix("acme/hostile");
    expect(outcome).toBe("succeeded");
    const [pull] = world.github.pullRequests("acme/hostile");
    const pushes = world.github.requests.filter(({ path }) => path.includes("acme/hostile.git/git-receive-pack"));
    expect(pushes).toHaveLength(1);
    const refused = world.logs.filter((line) => line.includes("the branch is not where this run began"));
    expect(refused, "the script tried").not.toEqual([]);
    expect(await world.github.file("acme/hostile", pull?.head ?? "", "src/evil.js")).toBeUndefined();
    expect(await world.github.diff("acme/hostile", "main", pull?.head ?? "")).not.toContain("evil");
  });

  it("is that of the newest run: pull request and draft go with it, and people's words stay", async ({ expect }) => {
    const { ts } = await fix("acme/goes-on");
    const [pull] = world.github.pullRequests("acme/goes-on");
    expect(pull?.draft).toBe(false);
    const say = (words: string) => world.mention(words, { threadTs: ts });
    const last = ({ replies }: Awaited<ReturnType<typeof say>>) => replies.at(-1)?.text;
    Object.assign(pull ?? {}, { body: `${pull?.body}\r\nAnn: see the design.` });

    expect(last(await say("break it"))).toMatch(/^✅ .*#1.*, as a draft\n[\s\S]*`npm test` fails on the fix/);
    expect(pull?.draft).toBe(true);
    expect(pull?.body).toContain("`npm test` fails on the fix. Before the change, it passed.");
    expect(pull?.body).not.toContain("Reproduced");
    expect(pull?.body).toMatch(/Ann: see the design\.$/);
    expect(pull?.body).toMatch(/\*\*Cause:\*\* one\.[\s\S]*Done: break it\./);

    expect(last(await say("mend it"))).not.toContain("draft");
    expect(pull?.draft).toBe(false);
    expect(pull?.body).toContain("Reproduced: `npm test` failed before the change, and passes after it.");
    expect(pull?.body).toMatch(/Ann: see the design\.$/);

    expect(world.github.pullRequests("acme/goes-on")).toHaveLength(1);
    const db = await world.database();
    const entries = "SELECT at, action, facts FROM audit UNION ALL SELECT at, action, facts FROM audit_unsealed";
    const deeds = `SELECT action, facts ->> 'draft' AS draft FROM (${entries})
      WHERE action LIKE '%_pull_request' AND facts ->> 'url' LIKE '%/acme/goes-on/pull/1' AND facts ->> 'draft' IS NOT NULL ORDER BY at`;
    expect((await db.prepare(deeds).all()).results).toEqual([
      { action: "opened_pull_request", draft: 0 },
      { action: "updated_pull_request", draft: 1 },
      { action: "updated_pull_request", draft: 0 },
    ]);
  });

  it("is said in a comment where bugbot's part of the description is gone, and so is a draft that GitHub refuses", async ({
    expect,
  }) => {
    const { ts } = await fix("acme/marks-gone");
    const [pull] = world.github.pullRequests("acme/marks-gone");
    Object.assign(pull ?? {}, { body: "Ann's own words." });
    const refused = { data: null, errors: [{ type: "FORBIDDEN", message: "Resource not accessible" }] };
    world.github.fault("POST /api/graphql", { status: 200, body: refused });
    const words = "GitHub did not let me make it a draft";
    const { replies } = await world.mention("break it", { threadTs: ts });
    expect(replies.at(-1)?.text).toContain(words);
    expect(pull).toMatchObject({ draft: false, body: "Ann's own words." });
    expect(pull?.comments).toEqual([expect.objectContaining({ body: expect.stringContaining(words) })]);
  });

  it("is kept for the try that opens the pull request", async ({ expect }) => {
    world.github.fault("POST /repos/acme/shop/pulls", { status: 500, times: 3 });
    const first = await world.mention("fix https://github.com/acme/shop Apply twice counts double");
    expect(first.outcome).toBe("failed");
    await world.ends(() => world.fromSlack(world.slack.pressButton("Retry", { ts: first.replies[0]?.ts ?? "" })));
    expect(world.github.pullRequests(world.repository).at(-1)).toMatchObject({
      draft: false,
      body: expect.stringContaining("Reproduced: `npm test` failed before the change"),
    });
  });
});

describe("the status of a run", () => {
  it("is one message that says stage, time and what the agent does, also when nothing follows", async ({ expect }) => {
    const { ts, replies } = await fix("acme/slow");
    expect(replies).toHaveLength(1);
    const shown = world.slack.requests
      .filter(
        ({ operation, body }) => operation === "chat.update" && JSON.stringify(body).includes(replies[0]?.ts ?? ts),
      )
      .map(({ body }) => JSON.stringify(body));
    const line = /looking for the cause · \d+ s · \$\d\.\d\d\\n› reading src\/cart\.js\\n› running sleep 4/;
    expect(shown.filter((text) => line.test(text))).not.toEqual([]);
  });
});
