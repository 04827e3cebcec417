import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { MessagesRequest } from "./request.ts";

/** What the scripted model answers with: words, or a tool to use. */
export type Block = { text: string } | { tool: string; input: Record<string, unknown> };

function wireId(prefix: string): string {
  return `${prefix}_01${randomBytes(16).toString("base64url").replaceAll(/[-_]/g, "A")}`;
}

function toWire(block: Block) {
  return "text" in block
    ? { type: "text" as const, text: block.text }
    : { type: "tool_use" as const, id: wireId("toolu"), name: block.tool, input: block.input };
}

/** About four characters to a token: plausible, not exact. */
export function estimateTokens(value: unknown): number {
  return Math.max(1, Math.ceil(JSON.stringify(value).length / 4));
}

export function createMessage(request: MessagesRequest, blocks: Block[]) {
  const prefix = estimateTokens([request.system ?? "", request.tools ?? [], request.messages.slice(0, -1)]);
  const isFirst = request.messages.length === 1;
  return {
    id: wireId("msg"),
    type: "message",
    role: "assistant",
    model: request.model,
    content: blocks.map(toWire),
    stop_reason: blocks.some((block) => "tool" in block) ? "tool_use" : "end_turn",
    stop_sequence: null,
    usage: {
      input_tokens: estimateTokens(request.messages.at(-1)),
      cache_creation_input_tokens: isFirst ? prefix : 0,
      cache_read_input_tokens: isFirst ? 0 : prefix,
      output_tokens: estimateTokens(blocks),
      service_tier: "standard",
    },
  };
}

/** The message as the API streams it: https://docs.claude.com/en/docs/build-with-claude/streaming */
export function toEventStream(message: ReturnType<typeof createMessage>): string {
  const { content, stop_reason, usage, ...head } = message;
  const events: { type: string; [field: string]: unknown }[] = [];
  events.push({
    type: "message_start",
    message: { ...head, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
  });
  for (const [index, block] of content.entries()) {
    const start = block.type === "text" ? { type: "text", text: "" } : { ...block, input: {} };
    events.push({ type: "content_block_start", index, content_block: start });
    if (index === 0) events.push({ type: "ping" });
    for (const delta of toDeltas(block)) events.push({ type: "content_block_delta", index, delta });
    events.push({ type: "content_block_stop", index });
  }
  const delta = { stop_reason, stop_sequence: null };
  events.push(
    { type: "message_delta", delta, usage: { output_tokens: usage.output_tokens } },
    { type: "message_stop" },
  );
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

function toDeltas(block: ReturnType<typeof toWire>): object[] {
  if (block.type === "text") {
    return (block.text.match(/.{1,24}/gsu) ?? []).map((text) => ({ type: "text_delta", text }));
  }
  const parts = ["", ...(JSON.stringify(block.input).match(/.{1,80}/gsu) ?? [])];
  return parts.map((partial_json) => ({ type: "input_json_delta", partial_json }));
}

const endlessEveryMs = 5;

/** A message that ends when nobody reads it any more, and that goes on until then or has only begun. */
export function toUnendedStream(
  message: ReturnType<typeof createMessage>,
  goesOn: boolean,
): ReadableStream<Uint8Array> {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const [beginning = ""] = toEventStream(message).split("event: message_delta");
  const delta = { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "and so on, ".repeat(8) } };
  return new ReadableStream({
    start: (controller) => controller.enqueue(bytes(beginning)),
    async pull(controller) {
      if (!goesOn) return new Promise(() => {});
      await wait(endlessEveryMs);
      controller.enqueue(bytes(`event: ${delta.type}\ndata: ${JSON.stringify(delta)}\n\n`));
    },
  });
}
