import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, it } from "vitest";
import * as z from "zod/mini";
import { checkout, createRunner, type Runner } from "../cli/run-bugbot.ts";
import { createWorld, type World } from "./world.ts";

const page = await readFile(join(checkout, "docs/operations.md"), "utf8");
const lines = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) => block.trim().split("\n"));
const ofBugbot = lines.filter((line) => line.startsWith("npx bugbot "));
const ofWrangler = lines.filter((line) => line.startsWith("npx wrangler "));

it("holds nothing but commands of bugbot and wrangler", ({ expect }) => {
  expect(ofBugbot.length + ofWrangler.length).toBe(lines.length);
  expect(ofBugbot.length).toBeGreaterThan(15);
});

describe("npx bugbot, line by line", () => {
  let world: World;
  let runner: Runner;
  const ids = new Map<string, string>();
  beforeAll(async () => {
    [world, runner] = await Promise.all([createWorld({ keepsLog: true }), createRunner()]);
    world.github.fault(/\/branches\/main$/, { status: 503, times: 6 });
    for (const eventId of ["EvLetter", "EvOther"])
      await world.mention("fix https://github.com/acme/shop It breaks", { eventId });
    await world.mention("help", { eventId: "EvAsked" });
    const slow = world.slack.mention("fix https://github.com/acme/shop It hangs", {
      channel: world.channel,
      eventId: "EvRunning",
    });
    world.github.fault(/\/branches\/main$/, { hang: true, times: 9 });
    await world.post(slow.body, slow.headers);
    const db = await world.database();
    await world.until(async () =>
      (await db.prepare("SELECT count(*) AS n FROM dead_letters").first("n")) === 2 ? true : undefined,
    );
    await world.until(
      async () => (await db.prepare("SELECT 1 FROM commands WHERE id = 'slack-EvRunning'").first()) ?? undefined,
    );
    const made = async (name: string) => {
      const { stdout } = await bugbot(`keys create --name ${name} --json`);
      return z.object({ id: z.string() }).parse(JSON.parse(stdout)).id;
    };
    ids.set("<letter>", "slack-EvLetter");
    ids.set("<other>", "slack-EvOther");
    ids.set("<command>", "slack-EvAsked");
    ids.set("<running>", "slack-EvRunning");
    ids.set("<key>", await made("one"));
    ids.set("<key id>", await made("two"));
    const { stdout } = await bugbot("audit verify --json");
    ids.set("<seal>", z.object({ seal: z.string() }).parse(JSON.parse(stdout)).seal);
  });
  afterAll(async () => {
    await runner?.remove();
    await world?.close();
  });

  const bugbot = (words: string) => runner.bugbot(words, { BUGBOT_URL: world.url });

  it("goes on with what follows the log", async ({ expect }) => {
    const following = ofBugbot.filter((line) => line.includes("--follow"));
    expect(following.length).toBeGreaterThan(0);
    for (const line of following) {
      const logs = runner.follow(line.replace("npx bugbot ", ""), { BUGBOT_URL: world.url });
      try {
        await world.until(() => (logs.stdout().includes("command_taken") ? true : undefined));
        expect(logs.stdout()).not.toContain("EvFollowed");
        await world.mention("help", { eventId: "EvFollowed" });
        await world.until(() => (logs.stdout().includes("slack-EvFollowed") ? true : undefined));
      } finally {
        await logs.stop();
      }
    }
  });

  it.for(ofBugbot.filter((line) => !line.includes("--follow")))("%s", async (line, { expect }) => {
    const words = line.replace("npx bugbot ", "").replace(/<[^>]+>/g, (name) => ids.get(name) ?? name);
    const { code, stdout, stderr } = await bugbot(words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).not.toBe("");
  });
});

describe("npx wrangler, line by line", () => {
  const run = promisify(execFile);
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bugbot-operations-test-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  function wrangler(args: string[]) {
    const env = {
      PATH: process.env["PATH"],
      HOME: folder,
      CI: "1",
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_LOG_PATH: folder,
    };
    return run(process.execPath, [join(checkout, "node_modules/wrangler/bin/wrangler.js"), ...args], {
      cwd: checkout,
      env,
    });
  }
  /** What needs no account, in a dry run or on a local copy. */
  const runsHere = /wrangler (?:d1|deploy) /;
  const wordsOf = (line: string) =>
    [...line.replace("npx wrangler ", "").matchAll(/"([^"]*)"|\S+/g)].map(([all, quoted]) => quoted ?? all);

  it.for(ofWrangler.filter((line) => !runsHere.test(line)))(
    "%s: wrangler knows the command and its options",
    async (line, { expect }) => {
      const words = wordsOf(line);
      const names = words.filter((word) => !/^[-<]|bugbot|BUGBOT|\.toml$|^json$/.test(word));
      const { stdout } = await wrangler([...names, "--help"]);
      expect(stdout).toMatch(new RegExp(`^wrangler ${names.join(" ")}`, "m"));
      for (const option of words.filter((word) => word.startsWith("-"))) expect(stdout).toContain(option);
    },
  );

  it("runs the deployment's lines, up to the upload", async ({ expect }) => {
    const deployments = ofWrangler.filter((line) => line.startsWith("npx wrangler deploy "));
    expect(deployments.length).toBeGreaterThan(0);
    for (const line of deployments) {
      const dry = ["--dry-run", "--containers-rollout=none", "--outdir", folder];
      const { stdout } = await wrangler([...wordsOf(line), ...dry]);
      expect(stdout).toContain("--dry-run: exiting now.");
    }
  });

  it("runs the database's lines, here on a local copy", async ({ expect }) => {
    const database = ofWrangler
      .filter((line) => line.includes(" d1 "))
      .toSorted((a) => (a.includes("migrations") ? -1 : 1));
    expect(database.length).toBeGreaterThan(2);
    for (const line of database) {
      const { stdout } = await wrangler(wordsOf(line.replace("--remote", `--local --persist-to ${folder}`)));
      expect(stdout).toMatch(/0008_operator\.sql|"success": true/);
    }
  });
});
