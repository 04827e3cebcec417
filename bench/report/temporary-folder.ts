import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cleanup } from "./cleanup.ts";

export function temporaryFolder(cleanup: Cleanup, within = tmpdir()): Promise<string> {
  return cleanup.start(
    () => mkdtemp(join(within, "bugbot-bench-")),
    (folder) => rm(folder, { recursive: true, force: true }),
  );
}
