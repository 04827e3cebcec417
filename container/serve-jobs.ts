import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { followUpSchema, jobSchema, type ServerHealth } from "../shared/job.ts";
import { maxCheckpointBytes } from "../shared/limits.ts";
import { describeError } from "../shared/log.ts";
import { HttpError } from "./http-error.ts";
import type { Jobs } from "./jobs.ts";
import { maxWaitMs } from "./limits.ts";
import { logEvent } from "./log.ts";
import { readBody, readJson } from "./read-json.ts";

interface Reply {
  status: number;
  /** Bytes as they are, anything else as JSON. */
  body: object;
}

/** The job server's HTTP; `shared/job.ts` has the shapes. With a token, it is the bearer of all but `GET /health`. */
export function serveJobs(jobs: Jobs, token?: string): Server {
  const mayAsk = token === undefined ? () => true : (request: IncomingMessage) => bears(request, token);
  return createServer((request, response) => {
    respond(request, response, jobs, mayAsk).catch(() => response.destroy());
  });
}

function bears({ headers }: IncomingMessage, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(headers.authorization ?? ""), digest(`Bearer ${token}`));
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  jobs: Jobs,
  mayAsk: (request: IncomingMessage) => boolean,
): Promise<void> {
  const isOpen = mayAsk(request) || (request.method === "GET" && request.url === "/health");
  const refused: Reply = { status: 401, body: { error: "the bearer is missing or another" } };
  const { status, body } = await (isOpen ? answer(request, response, jobs) : Promise.resolve(refused)).catch(
    (error: unknown): Reply => {
      if (error instanceof HttpError) return { status: error.status, body: error.body };
      logEvent("request_broke", describeError(error));
      return { status: 500, body: { error: "the job server broke" } };
    },
  );
  // What is left of a refused body is not read.
  if (!request.complete) response.setHeader("connection", "close");
  if (body instanceof Buffer) response.writeHead(status, { "content-type": "application/octet-stream" }).end(body);
  else response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function answer(request: IncomingMessage, response: ServerResponse, jobs: Jobs): Promise<Reply> {
  const [path = "", query = ""] = (request.url ?? "").split("?", 2);
  const [, first, id = "", verb, ...rest] = path.split("/");
  const route = `${request.method} /${first}${id && "/:id"}${verb === undefined ? "" : `/${verb}`}`;
  if (rest.length > 0) throw notFound();
  switch (route) {
    case "GET /health":
      return {
        status: 200,
        body: {
          status: "healthy",
          jobs: { running: jobs.running() },
          keepsCheckout: jobs.keepsCheckout(),
        } satisfies ServerHealth,
      };
    case "POST /jobs": {
      const job = await readJson(request, jobSchema);
      const started = jobs.start(job);
      if (!started) throw new HttpError(503, "as many jobs run here as may");
      return { status: started.isNew ? 202 : 200, body: { id: job.id, done: started.done } };
    }
    case "GET /jobs/:id/events": {
      const search = new URLSearchParams(query);
      const after = readCount(search, "after", Number.MAX_SAFE_INTEGER);
      const waitMs = readCount(search, "waitMs", maxWaitMs);
      const page = await jobs.read(id, after, waitMs, whenClosed(response));
      if (!page) throw unknownJob();
      return { status: 200, body: page };
    }
    case "POST /jobs/:id/stop":
      if (jobs.stop(id) === "unknown") throw unknownJob();
      return { status: 202, body: { id } };
    case "POST /jobs/:id/messages": {
      const { id: messageId, text } = await readJson(request, followUpSchema);
      const delivery = jobs.say(id, text, messageId);
      if (delivery === "unknown") throw unknownJob();
      if (delivery === "ended") throw new HttpError(409, "the agent is not running any more");
      return { status: 202, body: { id } };
    }
    case "GET /jobs/:id/checkpoint": {
      const packed = jobs.checkpoint(id);
      if (!packed) throw new HttpError(404, "there is no checkpoint");
      return { status: 200, body: packed };
    }
    case "DELETE /jobs/:id/checkpoint":
      jobs.dropCheckpoint(id);
      return { status: 200, body: { id } };
    case "PUT /jobs/:id/checkpoint":
      if (await jobs.give(id, await readBody(request, maxCheckpointBytes))) return { status: 202, body: { id } };
      throw new HttpError(422, "that is no checkpoint");
    default:
      throw notFound();
  }
}

function notFound(): HttpError {
  return new HttpError(404, "there is nothing here");
}

function unknownJob(): HttpError {
  return new HttpError(404, "there is no such job");
}

function readCount(search: URLSearchParams, field: string, max: number): number {
  const text = search.get(field) ?? "0";
  if (!/^\d{1,15}$/.test(text)) throw new HttpError(400, `${field}: a whole number is expected`, { field });
  return Math.min(Number(text), max);
}

function whenClosed(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => controller.abort());
  return controller.signal;
}
