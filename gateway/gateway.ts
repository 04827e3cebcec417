import { type Context, Hono } from "hono";
import { maxBodyBytes } from "../shared/limits.ts";
import { describeError, type Log } from "../shared/log.ts";
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

  for (const door of doors) app.post(`${door.prefix}/*`, (c) => receive(c, door));
  app.all("/api/*", (c) => operate(c.req.raw));
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

  async function receive(c: Context, { name, state, open }: Door): Promise<Response> {
    if (state.state === "off") return c.text(`${name} is off: set ${state.turnOn.join(" and ")}.`, 401);
    if (state.state === "incomplete") {
      return c.text(`${name} is not set up: ${state.missing.join(" and ")} missing.`, 503);
    }

    const { verify, routes, tell, acknowledge } = await open();
    const parse = routes.get(c.req.path);
    if (!parse) return c.notFound();
    const raw = await readBody(c.req.raw, maxBodyBytes);
    if (!raw) return c.text("The body is larger than 1 MB.", 413);
    if (!(await verify(c.req.raw.headers, raw, now()))) return c.text("The signature is not valid.", 401);

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
        return c.text(`Not understood: ${incoming.reason}.`, 400);
      case "command": {
        const tellHere = (words: string) => tell(c.req.path, words);
        let taken: Taken;
        try {
          taken = await take(incoming.command, tellHere);
        } catch (error) {
          return fail(c, error, incoming.command.id, tellHere(notTaken));
        }
        if (taken.kind === "held") return answer(c, taken.told);
        if (taken.kind === "too_large") return c.text("Not understood: it is larger than a message on the queue.", 400);
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
