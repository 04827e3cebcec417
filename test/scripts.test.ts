import { execFile } from "node:child_process";
import { it } from "vitest";
import { projectRoot } from "../local/project-root.ts";

function run(file: string, ...given: string[]) {
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [file, ...given], { cwd: projectRoot }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

it.for([
  ["run demo", "local/demo.ts", ["--platfrom", "slack"], "Did you mean --platform?"],
  ["run demo", "local/demo.ts", ["--command"], "argument missing"],
  ["run demo", "local/demo.ts", ["--command", "dance"], "Allowed choices are fix, contextualize."],
  ["start", "local/start.ts", ["--port", "1"], "unknown option '--port'"],
  ["start", "local/start.ts", ["no-such.vars"], "There is no such file."],
  ["run cards", "local/cards/draw.ts", ["--hostil"], "Did you mean --hostile?"],
  ["run chaos", "test/chaos/chaos.ts", ["--shrad", "1/2"], "Did you mean --shard?"],
  ["run fuzz", "test/fuzz.ts", ["--runs", "many"], "Give a whole number"],
  ["run bench", "bench/bench.ts", ["evidnce"], "Allowed choices are slack, discord"],
] as const)("npm %s explains itself, and what is wrong with it", async ([name, file, wrong, reason], { expect }) => {
  const [helped, refused] = await Promise.all([run(file, "--help"), run(file, ...wrong)]);
  expect(helped).toEqual({ code: 0, stderr: "", stdout: expect.stringContaining(`Usage: npm ${name} -- [options]`) });
  expect(refused).toEqual({ code: 2, stdout: "", stderr: expect.stringContaining(reason) });
  expect(refused.stderr).not.toMatch(/^ {4}at /m);
});
