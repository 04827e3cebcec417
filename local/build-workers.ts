import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { projectRoot } from "./project-root.ts";

export const workers = {
  gateway: { config: "wrangler.gateway.toml", name: "bugbot-gateway" },
  consumer: { config: "wrangler.consumer.toml", name: "bugbot-consumer" },
} as const;
export type WorkerName = keyof typeof workers;

/**
 * Bundles both Workers as `wrangler deploy` would, into `<folder>/<worker>/index.js`; the consumer from another `entry` than its own where
 * one is given. Returns what wrangler printed.
 */
export async function buildWorkers(folder: string, entry?: string): Promise<Record<WorkerName, string>> {
  const [gateway, consumer] = await Promise.all([build("gateway", folder), build("consumer", folder, entry)]);
  return { gateway, consumer };
}

async function build(worker: WorkerName, folder: string, entry?: string): Promise<string> {
  const wrangler = join(projectRoot, "node_modules/wrangler/bin/wrangler.js");
  const { config } = workers[worker];
  const child = spawn(
    process.execPath,
    [
      wrangler,
      "deploy",
      ...(entry === undefined ? [] : [entry]),
      "--dry-run",
      "--containers-rollout=none",
      "--config",
      config,
      "--outdir",
      join(folder, worker),
    ],
    {
      cwd: projectRoot,
      env: {
        ...process.env,
        WRANGLER_SEND_METRICS: "false",
        WRANGLER_WRITE_LOGS: "false",
        // Where it keeps an id of this machine, whether or not it may send anything.
        XDG_CONFIG_HOME: join(folder, "config"),
        WRANGLER_HIDE_BANNER: "true",
        CI: "1",
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let printed = "";
  child.stdout.on("data", (chunk) => (printed += String(chunk)));
  child.stderr.on("data", (chunk) => (printed += String(chunk)));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`wrangler could not build the ${worker} Worker:\n${printed}`);
  return printed;
}
