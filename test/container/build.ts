import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { unstable_readConfig } from "wrangler";
import { workers } from "../../local/build-workers.ts";
import { projectRoot } from "../../local/project-root.ts";
import buildBundles from "../build-bundles.ts";
import { buildId, containerPrefix, docker, engine } from "./docker.ts";

/** Bundles both Workers, and builds the container's image as `wrangler dev` would. */
export default async function build(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (!engine) return undefined;
  const removeBundles = await buildBundles(project);
  const config = unstable_readConfig({ config: join(projectRoot, workers.consumer.config) });
  const { image = "", image_build_context: context = projectRoot } = config.containers?.[0] ?? {};
  const tag = `cloudflare-dev/sandbox:${buildId}`;
  await docker("build", "--platform", "linux/amd64", "--tag", tag, "--file", image, context);
  return async () => {
    await removeContainers();
    await removeBundles();
  };
}

/** Neither workerd nor Miniflare does, when they end. */
async function removeContainers(): Promise<void> {
  const listed = await docker("ps", "--all", "--format", "{{.Names}}", "--filter", `name=${containerPrefix}`);
  const names = listed.split("\n").filter((name) => name !== "");
  // A sidecar's network is its container's as well: it goes last.
  for (const name of names.toSorted((a, b) => Number(a.endsWith("-proxy")) - Number(b.endsWith("-proxy"))))
    await docker("rm", "--force", name);
}
