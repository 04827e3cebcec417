import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Command } from "../shared/command.ts";
import { maxBodyBytes } from "../shared/limits.ts";
import { describeError, type Log } from "../shared/log.ts";
import type { ServiceState } from "../shared/settings.ts";
import type { Health } from "./health.ts";
import type { Platform } from "./platform.ts";

/** A platform and whether it is set up. */
export interface Door {
  state: ServiceState;
  platform: Platform;
}

export interface GatewayNeeds {
  slack: Door;
  /** Puts a command on the queue. */
  enqueue: (command: Command) => Promise<unknown>;
  health: () => Promise<Health>;
  now: () => number;
  log: Log;
}

/** The door: verify → parse → enqueue → acknowledge. It makes no other call before it answers. */
export function createGateway({ slack, enqueue, health, now, log }: GatewayNeeds) {
  const app = new Hono();
  const limit = bodyLimit({ maxSize: maxBodyBytes, onError: (c) => c.text("The body is larger than 1 MB.", 413) });

  app.post("/slack/events", limit, (c) => receive(c, "slack", slack));
  app.get("/health", async (c) => {
    const report = await health();
    return c.json(report, report.status === "unhealthy" ? 503 : 200);
  });
  app.onError((error, c) => {
    log("gateway_failed", { path: c.req.path, ...describeError(error) });
    return c.text("bugbot could not take this. Please send it again.", 503);
  });
  return app;

  async function receive(c: Context, name: string, { state, platform }: Door): Promise<Response> {
    if (state.state === "off") return c.text(`${name} is off: set ${state.turnOn.join(" and ")}.`, 401);
    if (state.state === "incomplete")
      return c.text(`${name} is not set up: ${state.missing.join(" and ")} missing.`, 503);

    const { verify, parse, acknowledge } = platform;
    const raw = new Uint8Array(await c.req.arrayBuffer());
    if (!(await verify(c.req.raw.headers, raw, now()))) return c.text("The signature is not valid.", 401);

    const incoming = await parse(new TextDecoder().decode(raw), now());
    switch (incoming.kind) {
      case "handshake":
        return c.text(incoming.answer);
      case "ignored":
        return c.body(null, 200);
      case "malformed":
        return c.text(`Not understood: ${incoming.reason}.`, 400);
      case "command": {
        const { command } = incoming;
        await enqueue(command);
        c.executionCtx.waitUntil(
          acknowledge(command).catch((error: unknown) =>
            log("acknowledge_failed", { commandId: command.id, ...describeError(error) }),
          ),
        );
        return c.body(null, 200);
      }
      default:
        return incoming satisfies never;
    }
  }
}
