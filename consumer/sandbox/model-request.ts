import * as z from "zod/mini";
import type { Tokens } from "./model-prices.ts";

/**
 * What of https://platform.claude.com/docs/en/api/messages/create a run may ask for. Everything else is left out: dearer ways to be
 * served (`speed`, `service_tier`, `inference_geo`), other models (`fallbacks`), and what the API's own servers would reach
 * (`mcp_servers`, `container`).
 */
const knownFields = new Set([
  "model",
  "messages",
  "system",
  "max_tokens",
  "stream",
  "tools",
  "tool_choice",
  "metadata",
  "stop_sequences",
  "temperature",
  "top_k",
  "top_p",
  "thinking",
  "output_config",
  "output_format",
  "cache_control",
  "context_management",
]);
/** Tools that the container itself carries out, by their whole type; a tool of one's own has none. */
const ownTool = /^(?:custom|(?:bash|text_editor|memory|computer)_\d{8})$/;
/** Edits of what the model is shown that ask it nothing: compacting would be another question. */
const freeEdit = /^clear_(?:thinking|tool_uses)_\d{8}$/;

const editsSchema = z.looseObject({ edits: z.optional(z.array(z.looseObject({ type: z.string() }))) });
const thinkingSchema = z.looseObject({ type: z.string(), budget_tokens: z.optional(z.number()) });
const requestSchema = z.looseObject({
  model: z.string(),
  max_tokens: z.optional(z.number().check(z.int(), z.nonnegative())),
  tools: z.optional(z.array(z.looseObject({ type: z.nullish(z.string()) }))),
  thinking: z.optional(thinkingSchema),
  context_management: z.nullish(editsSchema),
});

export interface ModelQuestion {
  kind: "request";
  model: string;
  maxTokens: number;
  /** No prompt is longer than this: a token has a byte at least. */
  mostPromptTokens: number;
  /** At which price, at worst. */
  promptPrice: keyof Tokens;
  /** The question with so many tokens to answer it, at most. */
  write: (maxTokens: number) => Uint8Array;
  /** The question as https://platform.claude.com/docs/en/api/messages-count-tokens takes it. */
  writeCount: () => Uint8Array;
  leftOut: string[];
}
export type ModelRequest = ModelQuestion | { kind: "refused"; reason: string };

/** Models without a limit of their own in the request write no more than this. */
const mostTokens = 128_000;
/** The longest prompt any model reads: https://platform.claude.com/docs/en/build-with-claude/context-windows */
const contextWindow = 1_000_000;
/** What the API itself adds to a prompt, tools explained and roles marked, rather more. */
const framingTokens = 1_000;
/** https://platform.claude.com/docs/en/build-with-claude/extended-thinking: thinks no less, and less than it answers. */
const leastThinking = 1_024;
/** What counting tokens knows. */
const countedFields = new Set(["model", "messages", "system", "tools", "tool_choice", "thinking"]);

/** Reads a question and writes it anew, so that what was judged is what is sent. */
export function readModelRequest(text: string): ModelRequest {
  let given: object;
  let asked: z.infer<typeof requestSchema>;
  try {
    given = z.looseObject({}).parse(JSON.parse(text));
    asked = requestSchema.parse(given);
  } catch {
    return { kind: "refused", reason: "not a question to a model" };
  }
  const stranger = foreignBlock(given);
  if (stranger) return { kind: "refused", reason: `this run may not have the model's API read ${stranger}` };
  const { tools = [], context_management: context } = asked;
  const toolTypes = tools.map(({ type }) => type ?? "custom");
  const editTypes = context?.edits?.map(({ type }) => type) ?? [];
  const kept: Record<string, unknown> = Object.fromEntries(
    Object.entries(given).filter(([field]) => knownFields.has(field)),
  );
  if (asked.tools) kept["tools"] = tools.filter((_tool, at) => ownTool.test(toolTypes[at] ?? ""));
  if (context?.edits) kept["context_management"] = { edits: context.edits.filter(({ type }) => freeEdit.test(type)) };
  const encode = (fields: object) => new TextEncoder().encode(JSON.stringify(fields));
  const whole = JSON.stringify(kept);
  const isCountable = !/"type":"(?:image|document)"/.test(whole);
  return {
    kind: "request",
    model: asked.model,
    maxTokens: asked.max_tokens ?? mostTokens,
    mostPromptTokens: isCountable ? Math.min(encode(kept).length + framingTokens, contextWindow) : contextWindow,
    promptPrice: whole.includes('"ttl":"1h"') ? "write1h" : whole.includes('"cache_control"') ? "write5m" : "input",
    write: (maxTokens) =>
      encode(maxTokens === asked.max_tokens ? kept : { ...kept, ...limited(asked.thinking, maxTokens) }),
    writeCount: () => encode(Object.fromEntries(Object.entries(kept).filter(([field]) => countedFields.has(field)))),
    leftOut: [
      ...Object.keys(given).filter((field) => !knownFields.has(field)),
      ...toolTypes.filter((type) => !ownTool.test(type)).map((type) => `tool ${type}`),
      ...editTypes.filter((type) => !freeEdit.test(type)).map((type) => `edit ${type}`),
    ],
  };
}

/** Whoever may answer with less may think less, too. */
function limited(thinking: z.infer<typeof thinkingSchema> | undefined, maxTokens: number): object {
  const budget = thinking?.budget_tokens;
  if (budget === undefined || budget < maxTokens) return { max_tokens: maxTokens };
  const less = Math.floor(maxTokens / 2);
  const isEnough = less >= leastThinking;
  return { max_tokens: maxTokens, thinking: isEnough ? { ...thinking, budget_tokens: less } : { type: "disabled" } };
}

/** Blocks that hold all they say: the API fetches nothing for them, from an address, the account's files or a container. */
const plainBlocks = new Set(["text", "thinking", "redacted_thinking", "tool_use", "tool_reference", "search_result"]);
const ownSources = new Set(["base64", "text", "content"]);

const blockSchema = z.looseObject({
  type: z.string(),
  content: z.nullish(z.unknown()),
  source: z.nullish(z.unknown()),
});
const sourceSchema = z.looseObject({ type: z.string(), content: z.nullish(z.unknown()) });
const toolSchema = z.looseObject({ definition: z.nullish(z.looseObject({ type: z.nullish(z.string()) })) });
const messagesSchema = z.looseObject({
  messages: z.optional(z.array(z.looseObject({ content: z.unknown() }))),
  system: z.nullish(z.unknown()),
});

/** The first part of a question that is none of the known ones, in words. */
function foreignBlock(asked: object): string | undefined {
  const { messages = [], system } = messagesSchema.safeParse(asked).data ?? {};
  const queue: unknown[] = [system, ...messages.map(({ content }) => content)];
  for (const value of queue) {
    if (value === undefined || value === null || typeof value === "string") continue;
    if (Array.isArray(value)) {
      queue.push(...value.map((block: unknown) => ({ block })));
      continue;
    }
    const block = blockSchema.safeParse(z.looseObject({ block: z.unknown() }).safeParse(value).data?.block).data;
    if (!block) return "what is no block";
    if (block.type === "tool_addition" || block.type === "tool_removal") {
      const type = toolSchema.safeParse(block["tool"]).data?.definition?.type ?? "custom";
      if (!ownTool.test(type)) return `a tool of type ${type.slice(0, 40)}`;
    } else if (block.type === "tool_result") queue.push(block.content);
    else if (block.type === "image" || block.type === "document") {
      const source = sourceSchema.safeParse(block.source).data;
      if (!source || !ownSources.has(source.type)) return `a ${block.type} from elsewhere`;
      queue.push(source.content);
    } else if (!plainBlocks.has(block.type)) return `a block of type ${block.type.slice(0, 40)}`;
  }
  return undefined;
}
