import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_readConfig } from "wrangler";
import { workers } from "../../local/build-workers.ts";
import { freePort } from "../../local/free-port.ts";
import type { Variables } from "../../local/local-settings.ts";
import { keepOwnSignalHandlers } from "../../local/process.ts";
import { projectRoot } from "../../local/project-root.ts";
import type { Cleanup } from "../report/cleanup.ts";

export interface Contender {
  /** Its module. */
  path: string;
  variables: Variables;
}

/** Starts the Workers in one workerd, in front of one queue whose messages nobody keeps. Answers each one's own port. */
export async function startContenders(
  contenders: Readonly<Record<string, Contender>>,
  cleanup: Cleanup,
): Promise<ReadonlyMap<string, number>> {
  const { compatibility_date: compatibilityDate = "" } = unstable_readConfig({
    config: join(projectRoot, workers.gateway.config),
  });
  const queue = "bugbot-commands";
  const named = await Promise.all(
    Object.entries(contenders).map(async ([name, contender]) => ({ ...contender, name, port: await freePort() })),
  );
  const module = (path: string) => ({ modules: [{ type: "ESModule" as const, path }], modulesRoot: join(path, "..") });
  const options = convertV4MiniflareOptions({
    host: "127.0.0.1",
    port: 0,
    cf: false,
    log: new Log(LogLevel.NONE),
    // Read, as production's are, and not printed.
    handleStructuredLogs: () => undefined,
    workers: [
      {
        name: "sink",
        compatibilityDate,
        ...module(join(import.meta.dirname, "sink-worker.js")),
        queueConsumers: { [queue]: { maxBatchSize: 100, maxBatchTimeout: 1 } },
      },
      ...named.map(({ name, path, variables, port }) => ({
        name,
        compatibilityDate,
        ...module(path),
        bindings: { ...variables },
        queueProducers: { COMMANDS: queue },
        unsafeDirectSockets: [{ host: "127.0.0.1", port }],
      })),
    ],
  });
  const miniflare = await cleanup.start(
    async () => new Miniflare(options),
    (started) => started.dispose(),
  );
  keepOwnSignalHandlers();
  await miniflare.ready;
  return new Map(named.map(({ name, port }) => [name, port]));
}
