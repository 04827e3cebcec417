import { randomUUID } from "node:crypto";
import * as z from "zod/mini";
import { messagesRequestSchema, readModelCall, type ModelCall } from "./anthropic/request.ts";
import { createMessage, estimateTokens, toEventStream, type Block } from "./anthropic/response.ts";
import { startStandIn, type RecordedRequest, type StandIn } from "./stand-in.ts";

/** What the model does next: speak or use tools, answer with an API error, or never answer. */
export type Turn = Block[] | { status: number; type: string; message: string } | "hang";
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
    if (!Array.isArray(turn)) return apiError(turn.status, turn.type, turn.message);
    const message = createMessage(parsed.data, turn);
    if (!parsed.data.stream) return apiAnswer(message);
    return new Response(toEventStream(message), {
      headers: { "content-type": "text/event-stream; charset=utf-8", "request-id": requestId() },
    });
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

function apiAnswer(body: object): Response {
  return Response.json(body, { headers: { "request-id": requestId() } });
}

function apiError(status: number, type: string, message: string): Response {
  const id = requestId();
  const body = { type: "error", error: { type, message }, request_id: id };
  return Response.json(body, { status, headers: { "request-id": id } });
}
