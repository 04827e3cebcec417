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
import { findOwnCheck } from "./own-check.ts";
import { type CheckResult, runCheck } from "./run-check.ts";

export interface VerifyNeeds {
  serverEnvironment: NodeJS.ProcessEnv;
  recorder: Recorder;
  signal: AbortSignal;
}

/** `lacks`: why dependencies are not there, if they are not. */
type Checked = CheckResult & { lacks: string | undefined };

/** What a repository's own `.npmrc` does not decide: a shell that is none would let every script pass. */
const checkEnvironment = { CI: "true", npm_config_script_shell: "/bin/sh" };

export interface PushedChange {
  checkout: Checkout;
  /** The commit that was pushed. */
  commit: string;
  changes: Changes;
}

/**
 * Runs the project's check on the pushed commit, on the one before it, and on each with what the other has of tests and
 * settings. Each run has a copy of its files below `folder` and no `.git`: what it does there changes nothing that is pushed.
 * Throws only when `signal` is aborted.
 */
export async function verify(
  { verify: { command: wanted, timeoutMs }, registryUrl }: Pick<Job, "verify" | "registryUrl">,
  change: PushedChange,
  folder: string,
  { serverEnvironment, recorder, signal }: VerifyNeeds,
): Promise<Proof> {
  const { checkout, commit, changes } = change;
  const until = Date.now() + timeoutMs;
  await mkdir(folder);
  try {
    const project = await readPackage(checkout.baseCommit, changes.git);
    const command = wanted ?? (project.hasTest ? "npm test" : undefined);
    if (command === undefined) return notVerified("there is no `test` script in package.json, and no BUGBOT_VERIFY");
    const shown = `\`${command}\``;
    const environment = { ...(await createEnvironment(serverEnvironment, folder, registryUrl)), ...checkEnvironment };
    const { newTests, changedTests, edited, added } = await findOwnCheck(change, command, project.scripts);

    const installsItself = /\b(ci|install)\b/.test(command);
    const check = async (name: string, what: string, from: string, laidOver?: LaidOver): Promise<Checked> => {
      recorder.tool(`running ${command} ${what}`);
      const copy = await copyFiles(join(folder, name), from, changes.git, laidOver);
      const needs = () => ({ folder, environment, timeoutMs: Math.max(1, until - Date.now()), signal });
      const lacks = installsItself ? undefined : await installDependencies(project, registryUrl, copy, needs());
      const result = await runCheck(command, copy, needs());
      return { ...result, lacks, output: result.output.replaceAll(`${copy}/`, "").replaceAll(copy, ".") };
    };

    const after = await check("after", "on the fix", commit);
    if (after.kind !== "passed" && after.lacks !== undefined) return notVerified(after.lacks, edited);
    if (after.kind === "timed_out")
      return notVerified(`${shown} did not end within ${Math.round(timeoutMs / 1000)} s`, edited);
    if (after.kind === "talked_too_much") return notVerified(`${shown} printed more than bugbot reads`, edited);
    if (after.kind === "not_started")
      return notVerified(`${shown} could not be started (${lastLine(after.output)})`, edited);
    // A failure says nothing of the code where something else was installed than for the fix.
    const beside = ({ kind, lacks }: Checked): "passed" | "failed" | "unknown" =>
      kind === "passed" || (kind === "failed" && lacks === after.lacks) ? kind : "unknown";
    const before = beside(await check("before", "on the code before", checkout.commit));
    if (after.kind === "failed") return { kind: "fails", command, before, output: after.output, edited };

    const reproduced = (by: string[]): Proof => ({ kind: "reproduced", command, tests: by, edited });
    const passes = (by: string[], earlier = before): Proof => ({
      kind: "passes",
      command,
      tests: by,
      added: by.length > 0 ? added : [],
      before: earlier,
      edited,
    });
    if (edited.length > 0) {
      const asItWas = { from: checkout.commit, paths: edited };
      const laid = await check("as-it-was", "on the fix, with its tests and settings as they were", commit, asItWas);
      const said = beside(laid);
      if (said !== "passed")
        return { kind: "edits_check", command, edited, before, asItWas: said, output: laid.output };
    }
    // What failed before may have failed for want of a test.
    const tests = before === "failed" ? newTests : [...newTests, ...changedTests];
    if (tests.length === 0) return before === "failed" ? reproduced([]) : passes([]);
    // Nor does a test show the bug that fails for want of a file.
    const brought = { from: commit, paths: [...tests, ...added] };
    const own = beside(await check("tests", "on the code before, with the new tests", checkout.commit, brought));
    if (own === "failed") return reproduced(before === "failed" ? [] : tests);
    return passes(tests, own === "unknown" ? own : before);
  } catch (error) {
    signal.throwIfAborted();
    return notVerified(`the check could not be run (${plainLine(String(error), maxReasonLength)})`);
  } finally {
    await removeFolder(folder);
  }
}

function notVerified(reason: string, edited?: string[]): Proof {
  return { kind: "not_verified", reason, edited };
}

function lastLine(output: string): string {
  return plainLine(output.slice(output.lastIndexOf("\n") + 1), maxReasonLength);
}

/** Paths to be as another commit has them, or not to be where it has none. */
interface LaidOver {
  from: string;
  paths: readonly string[];
}

/** The files of a commit in a folder of their own, some of them as another commit has them. */
async function copyFiles(folder: string, from: string, git: Git, laidOver?: LaidOver): Promise<string> {
  await mkdir(folder);
  const env = { GIT_INDEX_FILE: `${folder}.index` };
  await git(["read-tree", from], { env });
  if (laidOver) {
    const { paths } = laidOver;
    await git(["update-index", "--force-remove", "-z", "--stdin"], { env, input: paths.join("\0") });
    const listed = await git(["ls-tree", "-r", "-z", "--full-tree", laidOver.from, "--", ...paths], { env });
    await git(["update-index", "-z", "--index-info"], { env, input: listed });
  }
  await git(["checkout-index", "--all", "--force", `--prefix=${folder}/`], { env });
  return folder;
}
