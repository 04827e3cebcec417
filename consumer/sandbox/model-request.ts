import * as z from "zod/mini";

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
/** Tools that the container itself carries out, by the start of their type; a tool of one's own has none. */
const ownTools = ["custom", "bash_", "text_editor_", "memory_", "computer_"];

const requestSchema = z.looseObject({
  model: z.string(),
  max_tokens: z.optional(z.number().check(z.int(), z.nonnegative())),
  tools: z.optional(z.array(z.looseObject({ type: z.nullish(z.string()) }))),
});

export type ModelRequest =
  | { kind: "request"; model: string; maxTokens: number; body: Uint8Array; leftOut: string[] }
  | { kind: "refused"; reason: string };

/** Models without a limit of their own in the request write no more than this. */
const mostTokens = 128_000;

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
  if (pointsOutside(given)) return { kind: "refused", reason: "this run may not have the model's API fetch anything" };
  const types = (asked.tools ?? []).map(({ type }) => type ?? "custom");
  const isOwn = types.map((type) => ownTools.some((start) => type.startsWith(start)));
  const fields = Object.entries(given);
  const kept = fields
    .filter(([field]) => knownFields.has(field))
    .map(([field, value]: [string, unknown]) => [
      field,
      field === "tools" && Array.isArray(value) ? value.filter((_tool, at) => isOwn[at]) : value,
    ]);
  return {
    kind: "request",
    model: asked.model,
    maxTokens: asked.max_tokens ?? mostTokens,
    body: new TextEncoder().encode(JSON.stringify(Object.fromEntries(kept))),
    leftOut: [
      ...fields.flatMap(([field]) => (knownFields.has(field) ? [] : [field])),
      ...types.flatMap((type, at) => (isOwn[at] ? [] : [`tool ${type}`])),
    ],
  };
}

/** An image or document that the API would fetch from an address, or take from the account's files. */
function pointsOutside(asked: object): boolean {
  const queue: unknown[] = ["messages" in asked ? asked.messages : [], "system" in asked ? asked.system : []];
  for (let value = queue.pop(); value !== undefined; value = queue.pop()) {
    if (typeof value !== "object" || value === null) continue;
    if ("source" in value && sourceSchema.safeParse(value.source).success) return true;
    // A tool's input is the model's own words: nothing in it is fetched.
    for (const [field, inner] of Object.entries(value))
      if (typeof inner === "object" && inner !== null && field !== "input") queue.push(inner);
  }
  return false;
}
const sourceSchema = z.looseObject({ type: z.enum(["url", "file"]) });
