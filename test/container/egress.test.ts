import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, it } from "vitest";
import { demoReport } from "../../local/demo-repository.ts";
import { createAgent } from "./agent.ts";
import { type ContainerWorld, createContainerWorld } from "./container-world.ts";
import { engine } from "./docker.ts";
import { type Attempt, probeCommand, probeIn, readAnswers } from "./probe.ts";

const question = (model: string) => ({ model, max_tokens: 1, messages: [{ role: "user", content: "Hello" }] });
const clone: Attempt = { line: "GET https://github.com/acme/shop.git/info/refs?service=git-upload-pack" };
const ask: Attempt = { line: "POST https://api.anthropic.com/v1/messages", body: question("claude-sonnet-5") };
const unreachable = "is not reachable from a run";
const modelOnly = "the model's API is open for /v1/messages and";

const refusals: (Attempt & { reason: string })[] = [
  { line: "GET http://example.com/", reason: `example.com ${unreachable}` },
  { line: "GET https://example.com/", reason: `example.com ${unreachable}` },
  { line: "GET https://api.github.com/user", reason: `api.github.com ${unreachable}` },
  { line: "GET http://169.254.169.254/latest/meta-data", reason: `169.254.169.254 ${unreachable}` },
  {
    line: "GET https://github.com/acme/other.git/info/refs?service=git-upload-pack",
    reason: "this run works on acme/shop only",
  },
  {
    line: "GET http://github.com/acme/shop.git/info/refs?service=git-upload-pack",
    reason: `github.com ${unreachable}`,
  },
  { line: "GET https://github.com/acme/shop/settings", reason: "this run works on acme/shop only" },
  { line: "GET https://api.anthropic.com/v1/models", reason: modelOnly },
  { line: "POST https://api.anthropic.com/v1/files", body: {}, reason: modelOnly },
  {
    line: "POST http://api.anthropic.com/v1/messages",
    body: question("claude-sonnet-5"),
    reason: `api.anthropic.com ${unreachable}`,
  },
  {
    line: "POST https://api.anthropic.com/v1/messages?beta=true",
    body: question("claude-opus-5"),
    reason: "this run may ask sonnet and haiku only, not claude-opus-5",
  },
];

/** Commits without moving HEAD and pushes that. Claude Code's own rules stop `git push` in a shell command. */
const pushes = `node -e '
const git = (...args) => require("node:child_process").spawnSync("git", args, { encoding: "utf8" });
const author = ["-c", "user.name=x", "-c", "user.email=x"];
const commit = git(...author, "commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "mine").stdout.trim();
for (const [repository, branch] of [["acme/shop", "main"], ["acme/shop", "mine"], ["acme/other", "mine"]])
  console.log(git("push", "https://github.com/" + repository + ".git", commit + ":refs/heads/" + branch).stderr);
const own = "https://github.com/acme/shop.git";
for (const refs of [[":refs/heads/main"], ["+" + commit + ":refs/heads/main"], [commit + ":refs/tags/v9"], [commit + ":refs/heads/one", commit + ":refs/heads/two"]])
  console.log(git("push", own, ...refs).stderr);
'`;

/** Waits for an answer on ports and in protocols that are not the web's. */
const otherProtocols = `node -e '
for (const [host, port] of [["198.51.100.7", 22], ["198.51.100.7", 5432], ["example.com", 8443]]) {
  const socket = require("node:net").connect(port, host, () => socket.write("hello\\n"));
  socket.on("data", () => console.log(port, "answered"));
  socket.on("error", () => {}).on("close", () => console.log(port, "closed"));
}'`;

const agent = createAgent([probeCommand([...refusals, clone, ask]), pushes, otherProtocols]);

describe.skipIf(!engine)("the egress around a Cloudflare Container", () => {
  let world: ContainerWorld;
  let main = "";
  beforeAll(async () => {
    world = await createContainerWorld(agent.script);
    await world.github.seedRepository("acme/other", { files: { "README.md": "Not yours.\n" } });
    main = await heads("acme/shop");
  });
  afterAll(() => world?.close());

  async function heads(repository: string): Promise<string> {
    const folder = join(world.github.folder, `${repository}.git`);
    return (await promisify(execFile)("git", ["-C", folder, "show-ref", "--heads"])).stdout;
  }
  const served = () => [world.anthropic, world.github].map(({ requests }) => requests.length);

  const unlent = "1700000000.000100";

  it("lets nothing pass before a run", async ({ expect }) => {
    const { stub, container } = world.sandbox(unlent);
    const askedAt = performance.now();
    expect((await stub.fetch("http://container/health")).status).toBe(200);
    console.log(`a container's start to its first GET /health: ${Math.round(performance.now() - askedAt)} ms`);
    const before = served();
    const answers = await probeIn(container, [clone, ask]);
    expect(Object.values(answers)).toEqual(Array(2).fill(expect.stringMatching(/^403 .*no run is under way/)));
    expect(served()).toEqual(before);
  });

  describe("during a run", () => {
    let ts = "";
    beforeAll(async () => {
      ({ ts } = await world.mention(`fix ${demoReport}`));
    });

    it("lets the agent clone its repository and ask its model", ({ expect }) => {
      const answers = readAnswers(agent.printed[0] ?? "");
      expect(answers[clone.line]).toMatch(/^200 /);
      expect(answers[ask.line]).toMatch(/^200 /);
    });

    it.for(refusals)("refuses $line: $reason", ({ line, reason }, { expect }) => {
      const answer = readAnswers(agent.printed[0] ?? "")[line];
      expect(answer).toMatch(/^403 /);
      expect(answer).toContain(`bugbot: ${reason}`);
      const { host, pathname } = new URL(line.split(" ")[1] ?? "");
      const logged = world.logs.filter((log) =>
        log.includes(`"host":"${host}","path":"${pathname}","reason":"${reason}`),
      );
      expect(logged).toContainEqual(expect.stringContaining('"event":"egress_refused"'));
    });

    it("refuses a push to any branch but its own, in git's own words", ({ expect }) => {
      const [, pushed = ""] = agent.printed;
      expect(pushed).toMatch(/! \[remote rejected\] \w+ -> main \(bugbot: this run may push bugbot\/bug-1\S* only\)/);
      expect(pushed).toMatch(/! \[remote rejected\] \w+ -> mine \(bugbot: this run may push bugbot\/bug-1\S* only\)/);
      // Deleted, forced, as a tag, two at once.
      expect(pushed.match(/! \[remote rejected\] .*\(bugbot: /g)).toHaveLength(7);
      expect(pushed).toMatch(/! \[remote rejected\] main \(bugbot: /);
      expect(pushed).toMatch(/! \[remote rejected\] \w+ -> v9 \(bugbot: /);
      expect(pushed).toMatch(/-> one \(bugbot: [^]*-> two \(bugbot: /);
      expect(pushed).toContain(
        "unable to access 'https://github.com/acme/other.git/': The requested URL returned error: 403",
      );
    });

    it("answers nothing in any other protocol", ({ expect }) => {
      expect(agent.printed[2]?.trim().split("\n").toSorted()).toEqual(["22 closed", "5432 closed", "8443 closed"]);
    });

    it("leaves everything else of the world as it was, and the run comes to its pull request", async ({ expect }) => {
      expect(world.outside?.unanswered).toEqual([]);
      expect(world.github.requests.filter(({ path }) => path.includes("acme/other"))).toEqual([]);
      expect(world.anthropic.requests.map(({ path }) => path.split("?", 1)[0])).toEqual(
        world.anthropic.requests.map(() => "/v1/messages"),
      );
      const [pull, ...others] = world.github.pullRequests("acme/shop");
      expect(others).toEqual([]);
      expect(await heads("acme/shop")).toContain(main);
      expect(await world.github.branches("acme/shop")).toEqual([pull?.head, "main"]);
    });

    it("lets nothing pass after the run", async ({ expect }) => {
      const before = served();
      const answers = await probeIn(world.sandbox(ts).container, [clone, ask, { line: "GET https://example.com/" }]);
      expect(Object.values(answers)).toEqual(Array(3).fill(expect.stringMatching(/^410 .*this run is over/)));
      expect(Object.values(await probeIn(world.sandbox(unlent).container, [ask]))).toEqual([
        expect.stringMatching(/^403 .*no run is under way/),
      ]);
      expect(served()).toEqual(before);
    });
  });
});
