import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, it } from "vitest";
import { checkout } from "../cli/run-bugbot.ts";

/** In place of wrangler: writes down what it is asked and how it ends, tails an event, and goes on until SIGINT; or does not, or ends as where Cloudflare does: with 0. */
const wrangler = `
const { appendFileSync, readFileSync } = require("node:fs");
const worker = process.argv[3];
const note = (what) => appendFileSync(process.env.NOTES, what + "\\n");
const on = setInterval(() => {
  if (process.env.GOES_ON) console.log(event);
  const begun = readFileSync(process.env.NOTES, "utf8").split("tail ").slice(1);
  // Not before both have begun.
  if (begun.length < 2) return;
  if (process.env.ENDED === worker && begun.length === 2) process.exit(0);
  if (process.env.DIES !== worker) return;
  console.error("You are not logged in.");
  process.exit(1);
}, 20);
// It stays when its reader leaves.
process.stdout.on("error", () => undefined);
process.on("SIGINT", () => {
  note(worker + " ended");
  clearInterval(on);
});
note(process.argv.slice(2).join(" "));
const line = { worker: worker.replace("bugbot-", ""), event: "seen_by", commandId: "slack-Ev1", said: "\\u009b2J}" };
const logs = [{ message: [JSON.stringify(line)], level: "log", timestamp: 1700000000000 }];
const event = JSON.stringify({ outcome: "ok", logs, exceptions: [], eventTimestamp: 1700000000000, event: null }, null, 2);
console.log(event);
`;

/** A checkout of which only wrangler is another. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bugbot-follow-"));
  for (const part of ["cli", "shared", "package.json"])
    await cp(join(checkout, part), join(folder, part), { recursive: true });
  await mkdir(join(folder, "node_modules/wrangler/bin"), { recursive: true });
  await writeFile(join(folder, "node_modules/wrangler/bin/wrangler.js"), wrangler);
  for (const name of ["commander", "picomatch", "string-width", "yaml", "zod"])
    await symlink(join(checkout, "node_modules", name), join(folder, "node_modules", name));
});
beforeEach(() => writeFile(join(folder, "notes"), ""));
afterAll(() => rm(folder, { recursive: true, force: true }));

const notes = async () => (await readFile(join(folder, "notes"), "utf8")).split("\n").filter(Boolean).toSorted();
const tails = ["tail bugbot-consumer --format json", "tail bugbot-gateway --format json"];

function follow(words: string, env: Record<string, string> = {}) {
  const args = [join(folder, "cli/bugbot.ts"), "logs", "--follow", ...words.split(" ").filter(Boolean)];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      BUGBOT_URL: "https://bugbot-gateway.example.workers.dev",
      NOTES: join(folder, "notes"),
      ...env,
    },
  });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (chunk: string) => (said[stream] += chunk));
  return { child, said, ended: once(child, "close").then(([code]) => ({ code, ...said })) };
}

async function seen(said: { stdout: string }, text: string): Promise<void> {
  while (said.stdout.split(text).length < 3) await wait(20);
}

describe("bugbot logs --follow of what is deployed", () => {
  it.for(["SIGINT", "SIGTERM"] as const)(
    "shows both Workers' lines until %s, which ends both tails",
    async (signal, { expect }) => {
      const { child, said, ended } = follow("");
      await seen(said, "seen_by");
      child.kill(signal);
      expect(await ended).toEqual({ code: 0, stdout: said.stdout, stderr: "" });
      expect(said.stdout.trim().split("\n").toSorted()).toEqual([
        "2023-11-14 22:13:20 consumer seen_by slack-Ev1 said=2J}",
        "2023-11-14 22:13:20 gateway seen_by slack-Ev1 said=2J}",
      ]);
      expect(await notes()).toEqual(["bugbot-consumer ended", "bugbot-gateway ended", ...tails]);
    },
  );

  it("says when Cloudflare ends a tail, and goes on with a new one", async ({ expect }) => {
    const { child, said, ended } = follow("--command slack-Ev1", { ENDED: "bugbot-consumer" });
    while (child.exitCode === null && said.stdout.split("consumer seen_by").length < 3) await wait(20);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
    expect(said.stdout.match(/.*tail_ended.*/g)).toEqual([
      expect.stringMatching(/consumer tail_ended words=Cloudflare ended this tail.* not shown here.*dash\.cloudflare/),
    ]);
    expect(said.stdout.split("gateway seen_by")).toHaveLength(2);
    expect(await notes()).toEqual(["bugbot-consumer ended", "bugbot-gateway ended", tails[0], ...tails]);
  });

  it("ends on Ctrl-C before the new tail begins, too", async ({ expect }) => {
    const { child, said, ended } = follow("--json", { ENDED: "bugbot-consumer" });
    while (child.exitCode === null && !said.stdout.includes("tail_ended")) await wait(20);
    child.kill("SIGINT");
    expect((await ended).code).toBe(0);
    const events = said.stdout
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(events).toContainEqual(expect.objectContaining({ event: "tail_ended", worker: "consumer" }));
    expect(await notes()).toEqual(["bugbot-gateway ended", ...tails]);
  });

  it("ends both tails when its reader has read enough", async ({ expect }) => {
    const { child, said, ended } = follow("", { GOES_ON: "1" });
    // Either goes on showing, so both have begun only once both have noted it.
    while ((await notes()).length < 2) await wait(20);
    await seen(said, "seen_by");
    child.stdout.destroy();
    expect((await ended).code).toBe(0);
    while ((await notes()).length < 4) await wait(20);
    expect(await notes()).toEqual(["bugbot-consumer ended", "bugbot-gateway ended", ...tails]);
  });

  it("shows them as JSON in which a terminal finds nothing to act on", async ({ expect }) => {
    const { child, said, ended } = follow("--json --command slack-Ev1");
    await seen(said, "seen_by");
    child.kill("SIGINT");
    await ended;
    expect(said.stdout).not.toContain("\u009b");
    for (const line of said.stdout.trim().split("\n"))
      expect(JSON.parse(line)).toMatchObject({ event: "seen_by", facts: { said: "\u009b2J}" } });
  });

  it.for([
    ["bugbot-gateway", "bugbot-consumer"],
    ["bugbot-consumer", "bugbot-gateway"],
  ] as const)(
    "ends with 1 and what to do when %s cannot be tailed, and ends the tail of %s",
    async ([worker, other], { expect }) => {
      const { code, stderr } = await follow("", { DIES: worker }).ended;
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("npx wrangler login") });
      expect(stderr).toContain("You are not logged in.");
      expect(await notes()).toEqual([`${other} ended`, ...tails]);
    },
  );
});
