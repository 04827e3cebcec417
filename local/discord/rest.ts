import { createHash } from "node:crypto";
import * as z from "zod";
import { parseJson } from "../../shared/parse-json.ts";
import type { Fault, RecordedRequest } from "../stand-in.ts";
import { DiscordError, formError } from "./errors.ts";
import type { UploadedFile } from "./message-form.ts";

export interface Call {
  query: URLSearchParams;
  body: unknown;
}
/** Given the call and what stands for each `*` of its path. */
export type Handler = (call: Call, ...parts: string[]) => Response;

export interface Route {
  /** The operation's name in Discord's own OpenAPI description. */
  operation: string;
  /** "GET /channels/*" */
  pattern: string;
  handle: Handler;
  /** What opens it: the bot's token, or the token in its path. */
  auth: "bot" | "path" | "none";
}

export const noContent = () => new Response(null, { status: 204 });

const basePath = "/api/v10";

/** Discord's HTTP API: which route a request is for, whether it may, and what comes back. https://discord.com/developers/docs/reference */
export function createRest(routes: Route[], { botToken, now }: { botToken: string; now: () => number }) {
  const compiled = routes.map((route) => {
    const [method = "", path = ""] = route.pattern.split(" ");
    const source = path.replaceAll("*", "([^/]+)");
    return { ...route, method, path: new RegExp(`^${basePath}${source}$`) };
  });

  function find(method: string, path: string) {
    const { pathname } = new URL(path, "http://discord");
    const there = compiled.filter((route) => route.path.test(pathname));
    const route = there.find((each) => each.method === method);
    const parts = route?.path.exec(pathname)?.slice(1).map(decodeURIComponent) ?? [];
    return { route, parts, isPath: there.length > 0 };
  }

  function handle({ method, path, headers, body }: RecordedRequest): Response {
    // https://discord.com/developers/docs/reference#user-agent: none at all, or a browser's, is turned away.
    if (!headers["user-agent"] || headers["user-agent"].startsWith("Mozilla/")) throw new DiscordError("blocked");
    const { route, parts, isPath } = find(method, path);
    if (!route) throw new DiscordError(isPath ? "method_not_allowed" : "not_found");
    if (route.auth === "bot" && headers["authorization"] !== `Bot ${botToken}`) throw new DiscordError("unauthorized");
    if (typeof body === "string") {
      if (headers["content-type"]?.includes("json")) throw new DiscordError("invalid_json");
      const message = "Expected \"Content-Type\" header to be one of {'application/json'}.";
      throw formError([], "CONTENT_TYPE_INVALID", message);
    }
    return route.handle({ query: new URL(path, "http://discord").searchParams, body }, ...parts);
  }

  return {
    operation: ({ method, path }: { method: string; path: string }) =>
      find(method, path).route?.operation ?? `${method} ${path.split("?", 1)[0]}`,
    answer: async (request: Request, recorded: RecordedRequest): Promise<Response> => {
      const body = await readBody(request, recorded);
      const response = answerOrRefuse(() => handle({ ...recorded, body }));
      for (const [name, value] of Object.entries(rateLimitHeaders(recorded.operation, now()))) {
        response.headers.set(name, value);
      }
      return response;
    },
  };
}

/** A form with files is its JSON, with those files beside it. https://discord.com/developers/docs/reference#uploading-files */
async function readBody(request: Request, { headers, body }: RecordedRequest): Promise<unknown> {
  if (!headers["content-type"]?.startsWith("multipart/form-data")) return body;
  const form = await request.formData();
  const json = form.get("payload_json");
  const payload = typeof json === "string" ? z.record(z.string(), z.unknown()).parse(parseJson(json)) : {};
  const files: UploadedFile[] = [];
  for (const [name, file] of form) {
    const [, id] = /^files\[(\d+)\]$/.exec(name) ?? [];
    if (id !== undefined && file instanceof File) files.push({ id, filename: file.name, content: await file.text() });
  }
  return { ...payload, files };
}

function answerOrRefuse(handle: () => Response): Response {
  try {
    return handle();
  } catch (error) {
    if (error instanceof DiscordError) return error.toResponse();
    throw error;
  }
}

// https://discord.com/developers/docs/topics/rate-limits#header-format; the stand-in counts nothing, see `rateLimited`.
const limit = 5;
const resetAfterSeconds = 1;

function rateLimitHeaders(operation: string, now: number): Record<string, string> {
  return {
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(limit - 1),
    "x-ratelimit-reset": (now / 1000 + resetAfterSeconds).toFixed(3),
    "x-ratelimit-reset-after": resetAfterSeconds.toFixed(3),
    "x-ratelimit-bucket": createHash("sha256").update(operation).digest("hex").slice(0, 32),
  };
}

/** For `fault`: Discord's 429. https://discord.com/developers/docs/topics/rate-limits#exceeding-a-rate-limit */
export function rateLimited({ retryAfterSeconds = 1, global = false } = {}): Fault {
  return {
    status: 429,
    headers: {
      "content-type": "application/json",
      "retry-after": String(Math.ceil(retryAfterSeconds)),
      "x-ratelimit-scope": global ? "global" : "user",
      ...(global && { "x-ratelimit-global": "true" }),
    },
    body: { message: "You are being rate limited.", retry_after: retryAfterSeconds, global },
  };
}
