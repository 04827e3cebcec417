import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { promisify } from "node:util";
import { describeError } from "../shared/log.ts";
import { logEvent } from "./log.ts";

/** Removes a job's folder, also where the agent took its own rights away. */
export async function removeFolder(folder: string): Promise<void> {
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  await remove().catch(async () => {
    await promisify(execFile)("chmod", ["-R", "u+rwX", "--", folder]).catch(() => undefined);
    await remove().catch((error: unknown) => {
      logEvent("folder_not_removed", { folder, ...describeError(error) });
    });
  });
}
