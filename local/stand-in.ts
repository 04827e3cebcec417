import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";

const maxBodyBytes = 10 * 1024 * 1024;

export interface RecordedRequest {
  method: string;
  /** With its query. */
  path: string;
  headers: Record<string, string>;
  /** Parsed from JSON or a form; text otherwise; undefined where there is none or it is streamed (git). */
  body: unknown;
  /** Milliseconds since the epoch. */
  at: number;
  /** When its answer was there to be sent; undefined until then, and for one that is never answered. */
  answeredAt?: number;
  /** When the connection was gone before the whole answer was sent; undefined until then. */
  abandonedAt?: number;
  /** The vendor's own name of the call: "chat.postMessage", "issueCreate", "GET /repos/acme/shop". */
  operation: string;
}

/** A text matches an operation of that name, or any part of "METHOD /path?query". */
export type FaultMatch = string | RegExp | ((request: RecordedRequest) => boolean);

export interface Fault {
  /** Default 503. */
  status?: number;
  headers?: Record<string, string>;
  /** Text as it is, anything else as JSON. */
  body?: unknown;
  /** How many matching requests fail. Default 1. */
  times?: number;
  /** Do what was asked and fail only then: the caller cannot know. */
  afterEffect?: boolean;
  /** Cut the connection instead of answering. */
  reset?: boolean;
  /** Never answer. */
  hang?: boolean;
  /** What else happens at that moment. */
  strike?: () => void;
}

/** What a proxy or a vendor's own edge answers in its place: a page for people. */
export const webPage = {
  status: 200,
  headers: { "content-type": "text/html; charset=utf-8" },
  body: "<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Sign in to go on</h1></body></html>",
} satisfies Fault;

/** What every stand-in offers its user. */
export interface StandIn {
  requests: RecordedRequest[];
  fault: (match: FaultMatch, fault: Fault) => void;
  /** Everything works again. */
  mend: () => void;
  /** Every request waits so long before it is looked at, from now on: the way there and back. */
  delay: (ms: number) => void;
  close: () => Promise<void>;
}

export interface StandInOptions {
  answer: (request: Request, recorded: RecordedRequest) => Promise<Response> | Response;
  operation?: (request: Omit<RecordedRequest, "operation">) => string;
  /** Whether this request's body goes to `answer` as it comes, unread and unrecorded. */
  streams?: (path: string) => boolean;
}

/** A local stand-in for an outside service: HTTP on loopback, every request recorded, faults on demand. */
export async function startStandIn(options: StandInOptions): Promise<StandIn & { origin: string }> {
  const requests: RecordedRequest[] = [];
  let delayMs = 0;
  const faults: { match: FaultMatch; fault: Fault; left: number }[] = [];

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const path = incoming.url ?? "/";
    const streamed = options.streams?.(path) ?? false;
    const text = streamed ? "" : await readBody(incoming);
    const headers = flatten(incoming.headers);
    const seen = { method: incoming.method ?? "GET", path, headers, body: parseBody(text, headers), at: Date.now() };
    const recorded: RecordedRequest = {
      ...seen,
      operation: options.operation?.(seen) ?? `${seen.method} ${path.split("?", 1)[0]}`,
    };
    requests.push(recorded);
    outgoing.once("close", () => {
      if (!outgoing.writableFinished) recorded.abandonedAt = Date.now();
    });
    if (delayMs > 0) await wait(delayMs);

    const hasBody = seen.method !== "GET" && seen.method !== "HEAD";
    const request = () =>
      new Request(`http://${headers["host"] ?? "localhost"}${path}`, {
        method: seen.method,
        headers,
        ...(hasBody && streamed && { body: Readable.toWeb(incoming), duplex: "half" as const }),
        ...(hasBody && !streamed && text !== "" && { body: text }),
      });

    const planned = faults.find((entry) => entry.left > 0 && matches(entry.match, recorded));
    if (!planned) {
      const response = await options.answer(request(), recorded);
      recorded.answeredAt = Date.now();
      return send(response, outgoing);
    }
    planned.left -= 1;
    const { status = 503, headers: extra, body = "", afterEffect, reset, hang, strike } = planned.fault;
    if (afterEffect) await (await options.answer(request(), recorded)).arrayBuffer();
    else incoming.resume();
    strike?.();
    const init = { status, headers: extra ?? {} };
    if (hang) return;
    recorded.answeredAt = Date.now();
    if (reset) incoming.socket.destroy();
    else await send(typeof body === "string" ? new Response(body || null, init) : Response.json(body, init), outgoing);
  }

  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch((error: unknown) => {
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(error instanceof BodyTooLarge ? 413 : 500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${portOf(server.address())}`,
    requests,
    fault: (match, fault) => void faults.push({ match, fault, left: fault.times ?? 1 }),
    mend: () => void faults.splice(0),
    delay: (ms) => void (delayMs = ms),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

class BodyTooLarge extends Error {}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > maxBodyBytes) throw new BodyTooLarge(`body over ${maxBodyBytes} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseBody(text: string, headers: Record<string, string>): unknown {
  const type = headers["content-type"] ?? "";
  if (text === "") return undefined;
  if (type.startsWith("application/x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(text));
  if (!type.includes("json")) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body) await pipeline(Readable.fromWeb(response.body), outgoing);
  else outgoing.end();
}

function matches(match: FaultMatch, request: RecordedRequest): boolean {
  if (typeof match === "function") return match(request);
  const line = `${request.method} ${request.path}`;
  return typeof match === "string" ? match === request.operation || line.includes(match) : match.test(line);
}

function flatten(headers: IncomingMessage["headers"]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(", ")]));
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the stand-in is not listening on a port");
  return address.port;
}
