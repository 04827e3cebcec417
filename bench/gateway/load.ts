import { Agent, request } from "node:http";

/** A request as a platform signs it. */
export interface SignedRequest {
  body: string;
  headers: Record<string, string>;
}

export interface Load {
  requestsPerSecond: number;
  latenciesMs: number[];
}

export interface LoadOptions {
  port: number;
  path: string;
  connections: number;
  requests: readonly SignedRequest[];
  timeoutMs: number;
}

/** Sends every request once, over a fixed number of connections that stay open. Throws unless each is answered with 200. */
export async function sendRequests({ port, path, connections, requests, timeoutMs }: LoadOptions): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const signal = AbortSignal.timeout(timeoutMs);
  const waiting = requests[Symbol.iterator]();
  const latenciesMs: number[] = [];

  function send({ body, headers }: SignedRequest): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const options = { host: "127.0.0.1", port, path, method: "POST", agent, headers, signal };
    const sending = request(options, (response) => {
      response.resume().once("end", () => resolve(response.statusCode ?? 0));
    });
    sending.once("error", reject).end(body);
    return promise;
  }
  async function keepSending(): Promise<void> {
    for (const signed of waiting) {
      const sentAt = performance.now();
      const status = await send(signed);
      if (status !== 200) throw new Error(`a signed request was answered with ${status}`);
      latenciesMs.push(performance.now() - sentAt);
    }
  }

  const startedAt = performance.now();
  try {
    await Promise.all(Array.from({ length: connections }, keepSending));
  } finally {
    agent.destroy();
  }
  return { requestsPerSecond: (requests.length / (performance.now() - startedAt)) * 1000, latenciesMs };
}
