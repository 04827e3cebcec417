import { Agent, request } from "node:http";
import type { SignedEvent } from "../../local/slack/events.ts";

export interface Load {
  requestsPerSecond: number;
  latenciesMs: number[];
}

export interface LoadOptions {
  port: number;
  connections: number;
  events: readonly Pick<SignedEvent, "body" | "headers">[];
  timeoutMs: number;
}

/** Sends every event once, over a fixed number of connections that stay open. Throws unless each is answered with 200. */
export async function sendEvents({ port, connections, events, timeoutMs }: LoadOptions): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const signal = AbortSignal.timeout(timeoutMs);
  const waiting = events[Symbol.iterator]();
  const latenciesMs: number[] = [];

  function send({ body, headers }: (typeof events)[number]): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const options = { host: "127.0.0.1", port, path: "/slack/events", method: "POST", agent, headers, signal };
    const sending = request(options, (response) => {
      response.resume().once("end", () => resolve(response.statusCode ?? 0));
    });
    sending.once("error", reject).end(body);
    return promise;
  }
  async function keepSending(): Promise<void> {
    for (const event of waiting) {
      const sentAt = performance.now();
      const status = await send(event);
      if (status !== 200) throw new Error(`a signed event was answered with ${status}`);
      latenciesMs.push(performance.now() - sentAt);
    }
  }

  const startedAt = performance.now();
  try {
    await Promise.all(Array.from({ length: connections }, keepSending));
  } finally {
    agent.destroy();
  }
  return { requestsPerSecond: (events.length / (performance.now() - startedAt)) * 1000, latenciesMs };
}
