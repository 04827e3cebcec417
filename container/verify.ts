import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Job, Proof } from "../shared/job.ts";
import type { Changes } from "./changed-files.ts";
import type { Checkout } from "./checkout.ts";
import { createEnvironment } from "./environment.ts";
import type { Recorder } from "./event-log.ts";
import type { Git } from "./git.ts";
import { maxReasonLength } from "./limits.ts";
import { plainLine } from "./plain-text.ts";
import { readPackage } from "./read-package.ts";
import { removeFolder } from "./remove-folder.ts";
import { installDependencies } from "./install-dependencies.ts";
import { type CheckResult, runCheck } from "./run-check.ts";

export interface VerifyNeeds {
  serverEnvironment: NodeJS.ProcessEnv;
  recorder: Recorder;
  signal: AbortSignal;
}

/** `lacks`: why dependencies are not there, if they are not. */
type Checked = Omit<CheckResult, "kind"> & { kind: CheckResult["kind"] | "unknown"; lacks: string | undefined };

export interface PushedChange {
  checkout: Checkout;
  /** The commit that was pushed. */
  commit: string;
  changes: Changes;
}

/**
 * Runs the project's check on the pushed commit, on the one before it, and on that with the change's own tests. Each run has a
 * copy of its files below `folder` and no `.git`: what it does there changes nothing that is pushed. Throws only when `signal` is aborted.
 */
export async function verify(
  { verify: { command: wanted, timeoutMs }, registryUrl }: Pick<Job, "verify" | "registryUrl">,
  { checkout, commit, changes }: PushedChange,
  folder: string,
  { serverEnvironment, recorder, signal }: VerifyNeeds,
): Promise<Proof> {
  const until = Date.now() + timeoutMs;
  await mkdir(folder);
  try {
    const project = await readPackage(checkout.baseCommit, changes.git);
    const command = wanted ?? (project.hasTest ? "npm test" : undefined);
    if (command === undefined) return notVerified("there is no `test` script in package.json, and no BUGBOT_VERIFY");
    const shown = `\`${command}\``;
    const environment = { ...(await createEnvironment(serverEnvironment, folder, registryUrl)), CI: "true" };
    const tests = changes.files.map(({ path }) => path).filter(isTest);

    const installsItself = /\b(ci|install)\b/.test(command);
    const check = async (name: string, what: string, from: string, testsFrom?: string): Promise<Checked> => {
      recorder.tool(`running ${command} ${what}`);
      const copy = await copyFiles(
        join(folder, name),
        from,
        changes.git,
        testsFrom ? { from: testsFrom, tests } : undefined,
      );
      const needs = () => ({ folder, environment, timeoutMs: Math.max(1, until - Date.now()), signal });
      const lacks = installsItself ? undefined : await installDependencies(project, registryUrl, copy, needs());
      const result = await runCheck(command, copy, needs());
      return { ...result, lacks, output: result.output.replaceAll(`${copy}/`, "").replaceAll(copy, ".") };
    };

    const after = await check("after", "on the fix", commit);
    if (after.kind !== "passed" && after.lacks !== undefined) return notVerified(after.lacks);
    if (after.kind === "timed_out") return notVerified(`${shown} did not end within ${Math.round(timeoutMs / 1000)} s`);
    if (after.kind === "talked_too_much") return notVerified(`${shown} printed more than bugbot reads`);
    // A failure says nothing of the code where something else was installed than for the fix.
    const beside = (one: Checked): Checked["kind"] =>
      one.kind === "failed" && one.lacks !== after.lacks ? "unknown" : one.kind;
    const before = beside(await check("before", "on the code before", checkout.commit));
    if (after.kind === "failed") {
      const known = before === "passed" || before === "failed" ? before : "unknown";
      return { kind: "fails", command, before: known, output: after.output };
    }
    if (before === "failed") return { kind: "reproduced", command, tests: [] };
    if (before !== "passed" || tests.length === 0) return { kind: "passes", command, tests: [] };
    const own = beside(await check("tests", "on the code before, with the new tests", checkout.commit, commit));
    return { kind: own === "failed" ? "reproduced" : "passes", command, tests };
  } catch (error) {
    signal.throwIfAborted();
    return notVerified(`the check could not be run (${plainLine(String(error), maxReasonLength)})`);
  } finally {
    await removeFolder(folder);
  }
}

function notVerified(reason: string): Proof {
  return { kind: "not_verified", reason };
}

/** Whether a path is a test by one of the customs of JavaScript, Python, Go, Ruby or PHP. */
export function isTest(path: string): boolean {
  return /(^|\/)(tests?|__tests__|spec|specs|e2e)\/|[._-](test|spec)\.\w+$|(^|\/)test_[^/]+$/i.test(path);
}

/** The files of a commit in a folder of their own, as `from` has them; `tests` as another commit has them. */
async function copyFiles(
  folder: string,
  from: string,
  git: Git,
  laidOver?: { from: string; tests: readonly string[] },
): Promise<string> {
  await mkdir(folder);
  const env = { GIT_INDEX_FILE: `${folder}.index` };
  await git(["read-tree", from], { env });
  if (laidOver) {
    const listed = await git(["ls-tree", "-r", "-z", "--full-tree", laidOver.from, "--", ...laidOver.tests], { env });
    await git(["update-index", "-z", "--index-info"], { env, input: listed });
  }
  await git(["checkout-index", "--all", "--force", `--prefix=${folder}/`], { env });
  return folder;
}
