import { WorkerEntrypoint } from "cloudflare:workers";
import { logThrown } from "../shared/log-thrown.ts";
import { breakerLimits } from "../shared/limits.ts";
import { wrongSettings } from "../shared/wrong-settings.ts";
import { createRedact } from "../shared/redact.ts";
import { readSettings, requiredByConsumer, secretsOf, serviceState } from "../shared/settings.ts";
import type { Api } from "./api/api.ts";
import { serveApi } from "./api/serve-api.ts";
import { checkParts } from "./check-parts.ts";
import { createInstances } from "./endings/instances.ts";
import { createApiKeys } from "./stores/api-keys.ts";
import { createBreakers } from "./stores/breakers.ts";
import { limitDatabase } from "./stores/limit-database.ts";
import { createTasks } from "./stores/tasks.ts";
import { wire } from "./wire.ts";
import { createLinear } from "./clients/linear.ts";
import { connectLinear } from "./clients/linear-connection.ts";
import { suggest } from "./suggest.ts";

/** What the gateway may ask of the consumer, over a service binding; no route leads here. */
export class Operator extends WorkerEntrypoint<Env> {
  readonly #db = limitDatabase(this.env.DB);

  /** `GET /health`: the state of each service the consumer uses, and whether its breaker is open, and how D1, the queue and the container server do. `GET /suggest?kind=&typed=&workspace=`: what fits, as `{ name, value }[]`. `/api/*`: for operators. */
  override async fetch(request: Request): Promise<Response> {
    return logThrown({ worker: "consumer", env: this.env, handler: "fetch" }, () => this.#answer(request));
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const settings = readSettings(this.env);
    switch (pathname) {
      case "/health": {
        const { COMMANDS: queue } = this.env;
        const db = this.#db;
        const [failing, parts] = await Promise.all([
          this.#failing(),
          checkParts({ db, queue, executorUrl: settings.EXECUTOR_URL }),
        ]);
        const states = Object.entries(requiredByConsumer).map(([service, ways]) => {
          const own = serviceState(settings, ...ways);
          const triesAt = own.state === "on" ? failing.get(service) : undefined;
          return [service, triesAt === undefined ? own : { state: "failing", triesAt }];
        });
        const wrong = [...new Set(wrongSettings(this.env).map(({ rule }) => rule))];
        const settingsState = wrong.length > 0 ? { settings: { state: "incomplete", missing: wrong } } : {};
        return Response.json({ ...Object.fromEntries(states), ...settingsState, ...parts });
      }
      case "/suggest": {
        const kind = searchParams.get("kind") === "issue" ? "issue" : "repo";
        const redact = createRedact(secretsOf(settings));
        const typed = redact(searchParams.get("typed") ?? "");
        const { LINEAR_API_KEY: apiKey, LINEAR_API_URL: apiUrl } = settings;
        const linear = apiKey ? createLinear(connectLinear({ apiKey, apiUrl, redact })) : undefined;
        const later = (work: Promise<void>) => this.ctx.waitUntil(work);
        const needs = { db: this.#db, linear, settings, now: Date.now, later };
        return Response.json(await suggest(kind, typed, searchParams.get("workspace") ?? "", needs));
      }
      default:
        if (pathname.startsWith("/api/")) return this.#api().fetch(request);
        return new Response("Not found.", { status: 404 });
    }
  }

  /** Services that failed too often lately to be asked for evidence, and when they are tried again. A breaker that nobody tried for long says nothing. */
  async #failing(): Promise<Map<string, string>> {
    const open = await createBreakers(this.#db)
      .open(Date.now())
      .catch(() => []);
    const lately = open.filter(({ triesAt }) => Date.now() < triesAt + breakerLimits.windowMs);
    return new Map(lately.map(({ source, triesAt }) => [source.toLowerCase(), new Date(triesAt).toISOString()]));
  }

  #api(): Api {
    const { BUGBOT_KV, CHECKPOINTS, COMMANDS, DEAD_LETTERS, COMMAND_WORKFLOW } = this.env;
    const outside = wire(this.env);
    return serveApi({
      ...outside,
      adminKey: outside.settings.BUGBOT_ADMIN_KEY,
      keys: createApiKeys(this.#db, outside.audit),
      tasks: createTasks(this.#db),
      instances: createInstances(COMMAND_WORKFLOW, outside),
      diagnose: {
        outside,
        env: this.env,
        db: this.#db,
        kv: BUGBOT_KV,
        checkpoints: CHECKPOINTS,
        commandQueue: COMMANDS,
        deadLetterQueue: DEAD_LETTERS,
      },
    });
  }
}
