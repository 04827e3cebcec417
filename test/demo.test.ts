import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, it } from "vitest";
import { projectRoot } from "../local/project-root.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bugbot-demo-test-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** `npm run demo -- …`, with nothing of this test's environment. */
async function demo(...options: string[]) {
  const child = spawn(process.execPath, ["local/demo.ts", ...options], {
    cwd: projectRoot,
    env: { PATH: process.env["PATH"], HOME: folder, TMPDIR: folder },
  });
  const [printed, complaints] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { printed, complaints, exitCode: child.exitCode };
}

it.for(["slack", "discord"])(
  "shows in %s how evidence is gathered, and leaves nothing behind",
  async (platform, { expect }) => {
    const { printed, complaints, exitCode } = await demo("--command", "contextualize", "--platform", platform);
    expect([exitCode, complaints]).toEqual([0, ""]);
    expect(printed).toMatch(/bugbot {2}✅ BUG-1 \[1\]/);
    expect(printed).toContain("### Who is affected");
    expect(printed).toMatch(/^ {2}PostHog +\d+ /m);
    expect(printed).not.toMatch(/^ {2}(git|model) /m);
    expect(await readdir(folder)).toEqual([]);
  },
);
