import { type Context, Hono } from "hono";
import type { Command } from "../shared/command.ts";
import { floodWords } from "../shared/flood-words.ts";
import { floodLimits, maxBodyBytes, maxMessageBytes, maxTextLength } from "../shared/limits.ts";
import { stripHidden } from "../shared/plain-text.ts";
import { describeError, type Log } from "../shared/log.ts";
import type { Health } from "./health.ts";
import { readBody } from "./read-body.ts";
import type { Answer, Door } from "./platform.ts";

const notTaken = "bugbot could not take this. Please send it again.";
/** A stranger's path may have 16 kB. */
const maxLoggedPath = 100;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

export interface GatewayNeeds {
  doors: readonly Door[];
  /** Puts a command on the queue. */
  enqueue: (command: Command) => Promise<unknown>;
  /** Whether this is one command too many of its person's; never throws. */
  holdFlood: (command: Command) => Promise<boolean>;
  /** The command that tells a person who was held, where the answer does not; undefined where one does already. Never throws. */
  refuseFlood: (held: Command, nowMs: number) => Promise<Command | undefined>;
  health: () => Promise<Health>;
  /** The operator's API, which the consumer Worker answers. */
  operate: (request: Request) => Promise<Response>;
  now: () => number;
  log: Log;
}

/** The door: verify → parse → enqueue → acknowledge. Before it answers it makes no other call that could fail. */
export function createGateway({ doors, enqueue, holdFlood, refuseFlood, health, operate, now, log }: GatewayNeeds) {
  const app = new Hono();

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

  /**
   * Turns away what came to a door, and says so in the log: who sets bugbot up sees there why nothing happens. It is a line of bounded length for each,
   * beside the one that Cloudflare keeps of every request: strangers can make it no more than twice as much.
   */
  function refuse(c: Context, status: 400 | 401 | 404 | 413 | 503, reason: string): Response {
    log("request_refused", { path: c.req.path.slice(0, maxLoggedPath), status, reason });
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
        const command = clean(incoming.command);
        if (await holdFlood(command)) {
          log("flood_held", { commandId: command.id });
          const told = tell(c.req.path, floodWords(now() + floodLimits.periodMs));
          const refusal = told ? undefined : await refuseFlood(command, now());
          if (refusal) await enqueue(refusal);
          return answer(c, told);
        }
        try {
          await enqueue(command);
        } catch (error) {
          // No platform's ids are that long, and sending it again would not make it shorter.
          if (encoder.encode(JSON.stringify(command)).length > maxMessageBytes)
            return refuse(c, 400, "Not understood: it is larger than a message on the queue.");
          return fail(c, error, command.id, tell(c.req.path, notTaken));
        }
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

/** Without what nobody wrote on purpose, and what a message on the queue has no room for. */
function clean({ text, report, ...command }: Command): Command {
  const words = (given: string) => stripHidden(given).slice(0, maxTextLength).toWellFormed();
  return {
    ...command,
    text: words(text),
    ...(report && { report: { author: words(report.author), text: words(report.text) } }),
  };
}

function answer(c: Context, given: Answer): Response {
  if (given === undefined) return new Response(null);
  return "json" in given ? Response.json(given.json) : c.text(given.text);
}
