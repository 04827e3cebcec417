import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { it } from "vitest";
import { createWorld } from "./world.ts";

it("leaves no process behind when it cannot stand in for every service", async ({ expect }) => {
  const before = await children();
  await expect(createWorld({ variables: { LINEAR_API_KEY: "somebody's own" } })).rejects.toThrow("not stood in for");
  expect(await children()).toEqual(before);
});

/** What this process has started and still runs. */
async function children(): Promise<string[]> {
  const { stdout } = await promisify(execFile)("ps", ["-eo", "ppid=,args="]);
  return stdout
    .split("\n")
    .filter((line) => Number.parseInt(line, 10) === process.pid)
    .filter((line) => !/\bps -eo/.test(line));
}
