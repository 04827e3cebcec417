import { statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { removeFolder } from "./remove-folder.ts";

/** Whether this is the image's own server. */
export const isToldSo = process.argv.includes("--alone");

/** Which of the image's walls do not stand; none where they do, or where nobody said that there are any. What a run starts has this server's user. */
export const missingWalls: readonly string[] = isToldSo ? findMissingWalls() : [];

/**
 * Whether all that runs beside this server and PID 1 belongs to its one run: the image says so, where its walls stand. On a
 * machine that is shared this must not be.
 */
export const isAlone = isToldSo && missingWalls.length === 0;

function findMissingWalls(): string[] {
  const missing: string[] = [];
  if (process.ppid !== 1) missing.push("the parent of this process is not PID 1");
  // The kernel gives these files of a process to root where its own user may not look into it.
  if (statSync("/proc/self/environ").uid === process.getuid?.())
    missing.push("this process can be read by what it runs: its program is readable, or it is root");
  return missing;
}

/** Alone, removes what a run put where everybody may write, but for the workspace's `kept`. */
export async function clearSharedFolders(workspace: string, kept: string): Promise<void> {
  if (!isAlone) return;
  for (const folder of ["/tmp", "/var/tmp", "/dev/shm", workspace]) {
    const names = await readdir(folder).catch(() => []);
    for (const path of names.map((name) => join(folder, name))) if (path !== kept) await removeFolder(path);
  }
}
