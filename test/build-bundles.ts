import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { buildWorkers } from "../local/build-workers.ts";
import { requireNode24 } from "../local/process.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Both Workers' bundles, made once for all flow tests. */
    bundles: string;
  }
}

export default async function buildBundles(project: TestProject): Promise<() => Promise<void>> {
  requireNode24();
  const folder = await mkdtemp(join(tmpdir(), "bugbot-bundles-"));
  await buildWorkers(folder);
  project.provide("bundles", folder);
  return () => rm(folder, { recursive: true, force: true });
}
