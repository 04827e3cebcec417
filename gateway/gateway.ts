import { type Context, Hono } from "hono";
import { maxBodyBytes } from "../shared/limits.ts";
import { describeError, type Log } from "../shared/log.ts";
import { createCountRefusals } from "./count-refusals.ts";
import type { Health } from "./health.ts";
import { readBody } from "./read-body.ts";
import type { Answer, Door } from "./platform.ts";
import type { Take, Taken } from "./take.ts";

const notTaken = "bugbot could not take this. Please send it again.";
const decoder = new TextDecoder();

export interface GatewayNeeds {
  doors: readonly Door[];
  take: Take;
  health: () => Promise<Health>;
  /** The operator's API, which the consumer Worker answers. */
  operate: (request: Request) => Promise<Response>;
  now: () => number;
  log: Log;
}

/** The door: verify → parse → enqueue → acknowledge. Before it answers it makes no other call that could fail. */
export function createGateway({ doors, take, health, operate, now, log }: GatewayNeeds) {
  const app = new Hono();
  const countRefusal = createCountRefusals({ log, now });

  for (const door of doors) app.post(`${door.prefix}/*`, (c) => receive(c, door));
  app.all("/api/*", (c) => operate(c.req.raw).catch((error: unknown) => withoutConsumer(c, error)));
  app.get("/health", async (c) => {
    const report = await health();
    return c.json(report, report.status === "unhealthy" ? 503 : 200);
  });
  app.onError((error, c) => fail(c, error));
  return app;

  function fail(c: Context, error: unknown, commandId?: string, told?: Answer): Response {
    log("gateway_failed", { commandId, path: c.req.path, ...describeError(error) });
    return told ? answer(c, told) : c.text(notTaken, 503);
  }

  /** As the API itself answers: see docs/operations.md. */
  function withoutConsumer(c: Context, error: unknown): Response {
    log("gateway_failed", { path: c.req.path, ...describeError(error) });
    const message = "The consumer Worker cannot be reached. Deploy it, and then the gateway, which is bound to it.";
    return c.json({ error: { code: "consumer_unreachable", message } }, 503);
  }

  /** Turns away what came to a door. */
  function refuse(c: Context, status: 400 | 401 | 404 | 413 | 503, reason: string): Response {
    countRefusal({ status, reason });
    return c.text(reason, status);
  }

  async function receive(c: Context, { name, state, open }: Door): Promise<Response> {
    if (state.state === "off") return refuse(c, 401, `${name} is off: set ${state.turnOn.join(" and ")}.`);
    if (state.state === "incomplete") {
      return refuse(c, 503, `${name} is not set up: ${state.missing.join(" and ")} missing.`);
    }

    const { verify, routes, tell, acknowledge } = await open();
    const parse = routes.get(c.req.path);
    if (!parse) return refuse(c, 404, "404 Not Found");
    const raw = await readBody(c.req.raw, maxBodyBytes);
    if (!raw) return refuse(c, 413, "The body is larger than 1 MB.");
    if (!(await verify(c.req.raw.headers, raw, now()))) return refuse(c, 401, "The signature is not valid.");

    const incoming = await parse(decoder.decode(raw), now());
    switch (incoming.kind) {
      case "answer":
        if (incoming.after) {
          c.executionCtx.waitUntil(
            incoming.after().catch((error: unknown) => log("follow_up_failed", describeError(error))),
          );
        }
        return answer(c, incoming.answer);
      case "ignored":
        return new Response(null);
      case "malformed":
        return refuse(c, 400, `Not understood: ${incoming.reason}.`);
      case "command": {
        const tellHere = (words: string) => tell(c.req.path, words);
        let taken: Taken;
        try {
          taken = await take(incoming.command, tellHere);
        } catch (error) {
          return fail(c, error, incoming.command.id, tellHere(notTaken));
        }
        if (taken.kind === "held") return answer(c, taken.told);
        if (taken.kind === "too_large") {
          return refuse(c, 400, "Not understood: it is larger than a message on the queue.");
        }
        const { command } = taken;
        // The trace begins here; the ray names this request among Cloudflare's own traces.
        log("command_enqueued", { commandId: command.id, ray: c.req.raw.headers.get("cf-ray") ?? undefined });
        const sign = acknowledge(command)?.catch((error: unknown) =>
          log("acknowledge_failed", { commandId: command.id, ...describeError(error) }),
        );
        if (sign) c.executionCtx.waitUntil(sign);
        return answer(c, incoming.answer);
      }
      default:
        return incoming satisfies never;
    }
  }
}

function answer(c: Context, given: Answer): Response {
  if (given === undefined) return new Response(null);
  return "json" in given ? Response.json(given.json) : c.text(given.text);
}
