import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type Request, type Response } from "miniflare";
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from "wrangler";
import { splitStatements } from "../consumer/stores/split-statements.ts";
import { type WorkerName, workers } from "./build-workers.ts";
import { keepOwnSignalHandlers } from "./process.ts";
import { projectRoot } from "./project-root.ts";
import type { Variables } from "./local-settings.ts";

// wrangler's two functions below would keep a log in the home folder.
process.env["WRANGLER_WRITE_LOGS"] = "false";

export interface WorkersOptions {
  /** Where `buildWorkers` put the bundles. */
  bundles: string;
  /** Where queue, KV, D1, R2 and Workflows keep their data. */
  state: string;
  /** For both Workers, as `.dev.vars` is. */
  variables: Variables;
  gatewayPort: number;
  /** Where the egress listens for a container server that runs as a process. */
  egressPort: number;
  /** Runs containers for real. Without it no container starts. */
  containers?: Containers | undefined;
  /** Answers what both Workers ask of the world, in place of the network. */
  outside?: ((request: Request) => Promise<Response>) | undefined;
  /** One line that a Worker printed, and when. */
  onLog: (line: string, at: number) => void;
}

export interface Containers {
  /** The tag of the image `cloudflare-dev/sandbox`. */
  buildId: string;
  /** The Docker API's socket, as in `DOCKER_HOST`. */
  engine: string;
}

/** Both Workers in workerd, as their `wrangler.*.toml` describe them, with a local queue, KV, D1, R2 and Workflows. */
export async function startWorkers({
  bundles,
  state,
  variables,
  gatewayPort,
  egressPort,
  containers,
  outside,
  onLog,
}: WorkersOptions): Promise<Miniflare> {
  const worker = (name: WorkerName) => describeWorker(name, join(bundles, name), variables, containers);
  const outbound = outside ? { outboundService: outside } : {};
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: gatewayPort,
      cf: false,
      log: new Log(LogLevel.NONE),
      handleStructuredLogs: ({ message, timestamp }) => onLog(message, timestamp),
      resourcePersistencePath: state,
      ...(containers && { containerEngine: containers.engine }),
      workers: [
        { ...worker("gateway"), ...outbound },
        {
          ...worker("consumer"),
          ...outbound,
          unsafeDirectSockets: [{ host: "127.0.0.1", port: egressPort, entrypoint: "LocalEgress" }],
        },
      ],
    }),
  );
  keepOwnSignalHandlers();
  try {
    await miniflare.ready;
    await migrate(miniflare);
    return miniflare;
  } catch (error) {
    await miniflare.dispose();
    throw error;
  }
}

function describeWorker(name: WorkerName, folder: string, variables: Variables, containers?: Containers) {
  const config = unstable_readConfig({ config: join(projectRoot, workers[name].config) });
  const { workerOptions } = unstable_getMiniflareWorkerOptions(config, undefined, {
    ...(containers && { overrides: { enableContainers: true }, containerBuildId: containers.buildId }),
  });
  // Its `bindings` also hold what `.dev.vars` says, which is for the caller to decide.
  const { modulesRules: _rules, bindings: _bindings, ...options } = workerOptions;
  return {
    ...options,
    name: workers[name].name,
    modules: [{ type: "ESModule" as const, path: join(folder, "index.js") }],
    modulesRoot: folder,
    bindings: { ...config.vars, ...variables },
  };
}

/** Applies the migrations this database has not seen, as `wrangler d1 migrations apply` would. */
async function migrate(miniflare: Miniflare): Promise<void> {
  const db = await miniflare.getD1Database("DB", workers.consumer.name);
  await db.prepare("CREATE TABLE IF NOT EXISTS d1_migrations (name TEXT PRIMARY KEY)").run();
  const folder = join(projectRoot, "consumer/migrations");
  for (const name of (await readdir(folder)).filter((file) => file.endsWith(".sql")).toSorted()) {
    if (await db.prepare("SELECT 1 FROM d1_migrations WHERE name = ?").bind(name).first()) continue;
    const statements = splitStatements(await readFile(join(folder, name), "utf8"));
    await db.batch([
      ...statements.map((statement) => db.prepare(statement)),
      db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name),
    ]);
  }
}
