import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { workers } from "../../local/build-workers.ts";

const run = promisify(execFile);

/** The Docker engine's socket, where there is one. Tests of this folder are skipped without. */
export const engine = process.env["DOCKER_HOST"];

/** Tag of the container's image. Always the same, so that its layers stay cached. */
export const buildId = "test";

/** What workerd calls a container of the class `Sandbox`; the id of its Durable Object follows. */
export const containerPrefix = `workerd-${workers.consumer.name}-Sandbox-`;

/** What the Docker CLI that wrangler would use prints. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run(process.env["WRANGLER_DOCKER_BIN"] ?? "docker", args, { maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}
