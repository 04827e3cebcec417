import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localAdminKey } from "../shared/local-admin-key.ts";
import { buildWorkers, workers as workerNames } from "./build-workers.ts";
import { startContainerServer } from "./container-server.ts";
import { freePort } from "./free-port.ts";
import { keepLog } from "./keep-log.ts";
import { allServices, servicesToStandInFor, type Variables } from "./local-settings.ts";
import { createOutside } from "./outside.ts";
import { type ScriptedModel, type StandInCredentials, startStandIns } from "./stand-ins.ts";
import { type Containers, startWorkers } from "./workers.ts";

export interface StackOptions {
  /** As in `.dev.vars`. */
  variables: Variables;
  /** The gateway's. Default: any that is free. */
  port?: number;
  /** Bundles made before, by `buildWorkers`. */
  bundles?: string;
  /** What the scripted model does, where it is stood in for. */
  script?: ScriptedModel;
  /** Whether the stand-in for Slack takes a thread it has never seen to exist: signed events may come from curl. */
  acceptUnknownThreads?: boolean;
  /** Whether the stand-in for Slack has the status line. Default true. */
  assistant?: boolean;
  /** Whether bugbot is declared as an agent there. Default false. */
  agent?: boolean;
  /** What opens the stand-ins. */
  credentials?: StandInCredentials;
  /**
   * Runs as in production: a container per conversation instead of one server, and the vendors' own URLs everywhere,
   * which the stand-ins answer.
   */
  containers?: Containers;
  /**
   * What else there is outside, such as a package registry: its URL, and where it is answered. The vendors' own URLs are
   * everywhere then, too.
   */
  places?: Variables;
  onLog?: (line: string) => void;
  /** Whether what the Workers and the container server print is kept for `npx bugbot logs`, until the stack is closed. Default false. */
  keepsLog?: boolean;
}

/** In the local stack an empty allow-list lets everybody in; stand-ins hold nothing worth guarding. */
const localDefaults: Variables = {
  BUGBOT_ALLOWED_WORKSPACES: "*",
  BUGBOT_ALLOWED_REPOS: "*",
  BUGBOT_OPERATORS: "*",
};

/** Everything of bugbot on this machine: both Workers, the container server, and a stand-in for each service not set up. */
export async function startStack({
  variables,
  port,
  bundles,
  script,
  acceptUnknownThreads = false,
  assistant,
  agent,
  credentials,
  containers,
  places,
  onLog = () => undefined,
  keepsLog = false,
}: StackOptions) {
  const missing = servicesToStandInFor(variables);
  const folder = await mkdtemp(join(tmpdir(), "bugbot-"));
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  async function close(): Promise<void> {
    for (const end of closing.splice(0).toReversed()) await end();
  }

  try {
    const built = bundles ? undefined : buildWorkers(folder);
    const written = built?.catch(() => undefined);
    // The folder goes when nothing is written into it any more.
    closing.push(async () => written);
    const standIns = await startStandIns(missing, { script, acceptUnknownThreads, assistant, agent, credentials });
    closing.push(() => standIns.close());

    const gatewayPort = port ?? (await freePort());
    const log = keepsLog ? keepLog(gatewayPort) : undefined;
    if (log) closing.push(() => log.close());
    const addToLog = (line: string, at: number) => {
      log?.add(line, at);
      onLog(line);
    };
    const token = randomBytes(32).toString("hex");
    const containerServer =
      variables["EXECUTOR_URL"] || containers
        ? undefined
        : await startContainerServer({
            port: await freePort(),
            workspace: join(folder, "workspace"),
            token,
            onLog: addToLog,
          });
    if (containerServer) closing.push(() => containerServer.close());

    await built;
    const egressPort = await freePort();
    const outside =
      containers || places
        ? createOutside(standIns.urls, {
            ...places,
            ...(containerServer && { [containerServer.url]: containerServer.url }),
          })
        : undefined;
    const workers = await startWorkers({
      bundles: bundles ?? folder,
      state: join(folder, "state"),
      variables: {
        ...localDefaults,
        // Real services behind the API want a key of one's own.
        ...(missing.length === allServices.length && { BUGBOT_ADMIN_KEY: localAdminKey }),
        BUGBOT_CHECKPOINT_KEY: randomBytes(32).toString("hex"),
        ...standIns.credentials,
        ...(!outside && standIns.urls),
        ...(containerServer && { EXECUTOR_URL: containerServer.url, EXECUTOR_TOKEN: token }),
        EGRESS_URL: `http://127.0.0.1:${egressPort}`,
        ...variables,
      },
      gatewayPort,
      egressPort,
      containers,
      outside: outside && ((request) => outside.answer(request)),
      onLog: addToLog,
    });
    closing.push(() => workers.dispose());
    // Miniflare runs no cron triggers by itself: the gateway's starts Discord's socket, the consumer's is the watchdog.
    await (await workers.getWorker(workerNames.gateway.name)).scheduled({ cron: "* * * * *" });
    const watchdog = setInterval(() => {
      void workers
        .getWorker(workerNames.consumer.name)
        .then((consumer) => consumer.scheduled({ cron: "* * * * *" }))
        .catch(() => undefined);
    }, 60_000);
    closing.push(async () => clearInterval(watchdog));
    const hasLocalKey = missing.length === allServices.length && !variables["BUGBOT_ADMIN_KEY"];
    return {
      url: `http://localhost:${gatewayPort}`,
      hasLocalKey,
      folder,
      standIns,
      containerServer,
      workers,
      /** Where a lease's egress listens: `<egressUrl>/<lease>/model` and `…/git`. */
      egressUrl: `http://127.0.0.1:${egressPort}`,
      outside,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
