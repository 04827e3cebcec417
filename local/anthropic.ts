import { randomUUID } from "node:crypto";
import * as z from "zod/mini";
import { messagesRequestSchema, readModelCall, type ModelCall } from "./anthropic/request.ts";
import { createMessage, estimateTokens, toUnendedStream, toEventStream, type Block } from "./anthropic/response.ts";
import { startStandIn, type RecordedRequest, type StandIn } from "./stand-in.ts";

/**
 * What the model does next: speak or use tools (compressed on the way, too), answer with an API error, never answer (`hang`), begin and then say
 * nothing for as long as somebody listens (`silent`), or never end (`endless`).
 */
export type Turn =
  | Block[]
  | { gzip: Block[] }
  | { status: number; type: string; message: string }
  | "hang"
  | "silent"
  | "endless";
export type Script = (call: ModelCall) => Turn;

export interface AnthropicOptions {
  apiKey: string;
  /** A list is taken turn by turn; after its last turn the model has nothing more to do. */
  script: Script | Turn[];
}

export interface Anthropic extends StandIn {
  url: string;
}

/** A local stand-in for Anthropic's Messages API (https://docs.claude.com/en/api/messages), driven by a script: no model runs. */
export async function createAnthropic({ apiKey, script }: AnthropicOptions): Promise<Anthropic> {
  const takeTurn: Script = (call) =>
    typeof script === "function" ? script(call) : (script[call.turn] ?? [{ text: "There is nothing left to do." }]);

  function answer(request: Request, recorded: RecordedRequest): Response | Promise<Response> {
    const refusal = refuseUnknown(request, apiKey);
    if (refusal) return refusal;
    const parsed = messagesRequestSchema.safeParse(recorded.body);
    if (!parsed.success) return apiError(400, "invalid_request_error", z.prettifyError(parsed.error));
    if (request.url.includes("/count_tokens")) return apiAnswer({ input_tokens: estimateTokens(parsed.data) });

    // Claude Code's side requests (a title, a topic) bring no tools; they are not part of the conversation.
    const turn = parsed.data.tools?.length ? takeTurn(readModelCall(parsed.data)) : [{ text: "A bug" }];
    if (turn === "hang") return new Promise(() => {});
    if (turn === "silent" || turn === "endless")
      return eventStream(toUnendedStream(createMessage(parsed.data, []), turn === "endless"));
    if ("status" in turn) return apiError(turn.status, turn.type, turn.message);
    const message = createMessage(parsed.data, "gzip" in turn ? turn.gzip : turn);
    const whole = parsed.data.stream ? eventStream(toEventStream(message)) : apiAnswer(message);
    return "gzip" in turn ? compress(whole) : whole;
  }

  const { origin, ...standIn } = await startStandIn({ answer });
  return { ...standIn, url: origin };
}

/** What the API refuses before it reads the body, in its own words. */
function refuseUnknown({ method, url, headers }: Request, apiKey: string): Response | undefined {
  const key = headers.get("x-api-key") ?? headers.get("authorization")?.replace(/^Bearer /i, "");
  if (key === undefined) return apiError(401, "authentication_error", "x-api-key header is required");
  if (key !== apiKey) return apiError(401, "authentication_error", "invalid x-api-key");
  const isKnown = ["/v1/messages", "/v1/messages/count_tokens"].includes(new URL(url).pathname);
  if (method !== "POST" || !isKnown) return apiError(404, "not_found_error", "Not found");
  if (headers.has("anthropic-version")) return undefined;
  return apiError(400, "invalid_request_error", "anthropic-version: header is required");
}

function requestId(): string {
  return `req_${randomUUID().replaceAll("-", "")}`;
}

function eventStream(body: string | ReadableStream<Uint8Array>): Response {
  return new Response(body, {
    headers: { "content-type": "text/event-stream; charset=utf-8", "request-id": requestId() },
  });
}

function compress({ body, headers }: Response): Response {
  const compressed = new Headers(headers);
  compressed.set("content-encoding", "gzip");
  return new Response(body?.pipeThrough(new CompressionStream("gzip")) ?? null, { headers: compressed });
}

function apiAnswer(body: object): Response {
  return Response.json(body, { headers: { "request-id": requestId() } });
}

function apiError(status: number, type: string, message: string): Response {
  const id = requestId();
  const body = { type: "error", error: { type, message }, request_id: id };
  return Response.json(body, { status, headers: { "request-id": id } });
}
