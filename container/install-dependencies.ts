import type { Package } from "./read-package.ts";
import { type CheckNeeds, runCheck } from "./run-check.ts";

/** Their own scripts do not run: what a test needs of them must be in the packages. */
const installCommand = "npm ci --ignore-scripts --prefer-offline";

/** Installs what a copy of the project lacks, where the run may. Answers why it is not there, to follow “Not verified:”. */
export async function installDependencies(
  { lacksDependencies, hasLockFile }: Package,
  registryUrl: string | undefined,
  copy: string,
  needs: CheckNeeds,
): Promise<string | undefined> {
  if (!lacksDependencies) return undefined;
  if (registryUrl === undefined)
    return "dependencies are not installed: no registry is allowed (BUGBOT_ALLOWED_REGISTRIES)";
  if (!hasLockFile) return "dependencies are not installed: there is no package-lock.json";
  const { kind, output } = await runCheck(installCommand, copy, needs);
  if (kind === "passed") return undefined;
  if (kind === "timed_out") return "dependencies were not installed in time";
  const words = output.split("\n").filter((line) => /^npm error (?!A complete log)/.test(line));
  // Local addresses say nothing to anybody.
  const said = words
    .slice(0, 2)
    .join("; ")
    .replace(/http:\S+/g, "…");
  return `dependencies could not be installed (${said || installCommand})`;
}
