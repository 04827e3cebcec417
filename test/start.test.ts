import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, it } from "vitest";
import * as z from "zod";
import { createRunner } from "../cli/run-bugbot.ts";
import { freePort } from "../local/free-port.ts";
import { projectRoot } from "../local/project-root.ts";
import { standInCredentials } from "../local/stand-ins.ts";
import { createSlack } from "../local/slack.ts";
import { createWorld } from "./world.ts";

let folder: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bugbot-start-test-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

/** `npm start` as a person's terminal runs it: a process group of its own, and nothing of this test's environment. */
async function start(devVars: string) {
  const vars = join(folder, "vars");
  await writeFile(vars, devVars);
  const port = await freePort();
  const child = spawn(process.execPath, ["local/start.ts", vars], {
    cwd: projectRoot,
    detached: true,
    env: { PATH: process.env["PATH"], HOME: folder, TMPDIR: folder, BUGBOT_PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  let printed = "";
  child.stdout.on("data", (chunk) => (printed += String(chunk)));
  child.stderr.on("data", (chunk) => (printed += String(chunk)));
  const exited = once(child, "exit");
  return {
    url: `http://localhost:${port}`,
    child,
    exited,
    printed: () => printed,
    async until(pattern: RegExp): Promise<string> {
      for (;;) {
        const [found] = pattern.exec(printed) ?? [];
        if (found !== undefined) return found;
        if (child.exitCode !== null) throw new Error(`ended before ${pattern}:\n${printed}`);
        await wait(50);
      }
    },
  };
}

/** What the README says of an event that is sent by hand, as its own shell would send it; curl itself need not be here. */
async function handMadeEvent() {
  const readme = await readFile(join(projectRoot, "README.md"), "utf8");
  const [, example = ""] = /To send an event by hand[^]*?```sh\n([^]*?)```/.exec(readme) ?? [];
  const { stdout } = await promisify(execFile)("sh", ["-c", `curl() { printf '%s\\n' "$@"; }\n${example}`]);
  const lines = stdout.split("\n");
  const header = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? "";
  const body = lines.find((line) => line.startsWith("{")) ?? "";
  const { event_id: id } = z.object({ event_id: z.string() }).parse(JSON.parse(body));
  const headers = Object.fromEntries(
    ["x-slack-request-timestamp", "x-slack-signature"].map((name) => [name, header(name)]),
  );
  return { id, request: { method: "POST", body, headers } };
}

describe("npm start", () => {
  it("takes the README's event to a pull request, each time it is sent, and Ctrl-C leaves nothing behind", async ({
    expect,
  }) => {
    const stack = await start("MY_OWN=1\n");
    await stack.until(/^ready http:\/\/localhost:\d+$/m);
    expect(stack.printed()).toContain(`note: ${join(folder, "vars")} sets MY_OWN, which bugbot does not know`);
    const [, repository = ""] = /stand-in repository: (\S+)/.exec(stack.printed()) ?? [];

    const ids: string[] = [];
    for (const number of [1, 2]) {
      const { id, request } = await handMadeEvent();
      ids.push(id);
      expect((await fetch(`${stack.url}/slack/events`, request)).status).toBe(200);
      const settled = await stack.until(new RegExp(`^(?=.*command_settled).*"slack-${id}".*$`, "m"));
      expect(JSON.parse(settled)).toMatchObject({
        outcome: "succeeded",
        pullRequestUrl: `${repository}/pull/${number}`,
      });
    }
    expect(ids[0]).not.toBe(ids[1]);

    const runner = await createRunner();
    const logs = () => runner.bugbot(`logs --command slack-${ids[0]}`, { BUGBOT_URL: stack.url });
    expect(await logs()).toMatchObject({ code: 0, stdout: expect.stringContaining(`command_settled slack-${ids[0]}`) });

    if (stack.child.pid !== undefined) process.kill(-stack.child.pid, "SIGINT");
    expect(await stack.exited).toEqual([0, null]);
    expect(await logs()).toMatchObject({ code: 1, stderr: expect.stringContaining("no log of a local stack") });
    await runner.remove();
    await expect(fetch(`${stack.url}/health`)).rejects.toThrow();
    expect(await readdir(folder)).toEqual(["vars"]);
  });

  it("ends on Ctrl-C while it is still starting, and leaves nothing behind", async ({ expect }) => {
    const stack = await start("");
    while (!(await readdir(folder, { recursive: true })).some((path) => path.endsWith("workspace"))) await wait(20);
    if (stack.child.pid !== undefined) process.kill(-stack.child.pid, "SIGINT");
    expect(await stack.exited).toEqual([0, null]);
    // The container server may have been up.
    expect(stack.printed()).toMatch(/^(?:\{"worker":"container","event":"listening".*\}\n)?$/);
    expect(await readdir(folder)).toEqual(["vars"]);
  });

  it("names what is missing when a service is set up by half, and does not start", async ({ expect }) => {
    const stack = await start("SLACK_BOT_TOKEN=xoxb-1\n");
    const [code] = await stack.exited;
    expect(code).toBe(1);
    expect(stack.printed()).toContain("SLACK_SIGNING_SECRET");
    expect(stack.printed()).not.toContain("ready");
  });

  it.for([
    ["BUGBOT_MAX_USD=five", /BUGBOT_MAX_USD must be a number above zero, not five/],
    ["GITHUB_APP_ID=1", /GITHUB_APP_ID but not GITHUB_APP_PRIVATE_KEY/],
    [
      'GITHUB_APP_PRIVATE_KEY="-----BEGIN RSA PRIVATE KEY-----\\nMIIE\\n-----END RSA PRIVATE KEY-----\\n"',
      /PKCS#1.*openssl pkcs8 -topk8 -nocrypt/,
    ],
    ["POSTHOG_API_KEY=phx_1", /POSTHOG_API_KEY but not POSTHOG_PROJECT_ID/],
    ["LINEAR_TEAM_KEY=ENG", /LINEAR_TEAM_KEY but not LINEAR_API_KEY/],
  ] as const)("does not start with %s, and says why", async ([line, reason], { expect }) => {
    const stack = await start(`${line}\n`);
    const [code] = await stack.exited;
    expect(code).toBe(1);
    expect(stack.printed()).toMatch(reason);
  });

  it("names all that is wrong at once, and does not start", async ({ expect }) => {
    const lines = [
      "SLACK_BOT_TOKN=xoxb-1",
      "SLACK_SIGNING_SECRET=abc",
      "EVIDENCE_SHOW_EMAILS=yes",
      "BUGBOT_ALLOWED_REGISTRIES=https://npm.acme.test/",
      'BUGBOT_ALLOWED_PATHS="!src/secret/**"',
      "BUGBOT_PORT=none",
    ];
    const stack = await start(lines.join("\n"));
    expect(await stack.exited).toEqual([1, null]);
    const said = stack.printed().trim().replaceAll(join(folder, "vars"), "<file>");
    expect(said.split("\n").toSorted()).toEqual([
      "<file> sets SLACK_SIGNING_SECRET but not SLACK_BOT_TOKEN. Set all of them, or none to use the local stand-in for slack.",
      "<file>: BUGBOT_ALLOWED_PATHS must allow something before it excludes.",
      "<file>: BUGBOT_ALLOWED_REGISTRIES must hold hosts, without https:// and without a path, not https://npm.acme.test/.",
      "<file>: BUGBOT_PORT must be a port, not none.",
      "<file>: EVIDENCE_SHOW_EMAILS must be on or off, not yes.",
      "<file>: SLACK_BOT_TOKN is no setting, and is probably meant to be SLACK_BOT_TOKEN.",
    ]);
  });

  it("starts no stand-in for a service that is set up", async ({ expect }) => {
    const slack = await createSlack({ botToken: "xoxb-own", signingSecret: "own-secret" });
    const world = await createWorld();
    const set = {
      SLACK_SIGNING_SECRET: "own-secret",
      SLACK_BOT_TOKEN: "xoxb-own",
      SLACK_API_URL: slack.url,
      DISCORD_PUBLIC_KEY: world.discord.publicKey,
      DISCORD_APPLICATION_ID: world.discord.applicationId,
      DISCORD_BOT_TOKEN: standInCredentials.discordToken,
      DISCORD_API_URL: world.discord.url,
      LINEAR_API_KEY: standInCredentials.linearKey,
      LINEAR_API_URL: world.linear.url,
      GITHUB_TOKEN: standInCredentials.githubToken,
      GITHUB_API_URL: world.github.apiUrl,
      GITHUB_URL: world.github.url,
      POSTHOG_API_KEY: standInCredentials.posthogKey,
      POSTHOG_PROJECT_ID: "1",
      POSTHOG_HOST: world.posthog.url,
      ANTHROPIC_API_KEY: standInCredentials.anthropicKey,
      ANTHROPIC_BASE_URL: world.anthropic.url,
    };
    try {
      const stack = await start(
        Object.entries(set)
          .map(([name, value]) => `${name}=${value}`)
          .join("\n"),
      );
      await stack.until(/^ready /m);
      expect(stack.printed()).not.toContain("stand-in");
      const { body, headers } = slack.mention("fix https://github.com/acme/shop Apply twice counts twice", {
        eventId: "EvOwn",
      });
      await fetch(`${stack.url}/slack/events`, { method: "POST", body, headers });
      expect(await stack.until(/^.*command_settled.*$/m)).toContain('"outcome":"succeeded"');
      expect(world.github.pullRequests(world.repository)).toHaveLength(1);
      expect(world.linear.workspace.issues).toHaveLength(1);
      if (stack.child.pid !== undefined) process.kill(-stack.child.pid, "SIGINT");
      await stack.exited;
    } finally {
      await world.close();
      await slack.close();
    }
  });
});
