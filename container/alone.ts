import { stat } from "node:fs/promises";

const isToldSo = process.argv.includes("--alone");

/**
 * Whether all that runs beside this server and PID 1 belongs to its one run: the image says so, where PID 1 is the server's
 * parent. On a machine that is shared this must not be.
 */
export const isAlone = isToldSo && process.ppid === 1;

/** Throws where the image's walls do not stand. What a run starts has this server's user. */
export async function checkWalls(): Promise<void> {
  if (!isToldSo) return;
  if (!isAlone) throw new Error("--alone: the parent of this process must be PID 1");
  // The kernel gives these files of a process to root where its own user may not look into it.
  if ((await stat("/proc/self/environ")).uid === process.getuid?.())
    throw new Error(
      "--alone: this process can be read by what it runs: its program must not be readable, and not root's",
    );
}
