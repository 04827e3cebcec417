import * as z from "zod/mini";
import type { Tokens } from "./model-prices.ts";

const count = z.nullish(z.number());
const countsSchema = z.object({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
  cache_creation: z.nullish(z.object({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count })),
});
const usageSchema = z.extend(countsSchema, { iterations: z.nullish(z.array(countsSchema)) });
type Usage = z.infer<typeof usageSchema>;

/** https://platform.claude.com/docs/en/api/messages-streaming: counts are sums so far, and the last ones are billed. */
const eventSchema = z.union([
  z.object({ type: z.literal("message_start"), message: z.object({ model: z.string(), usage: usageSchema }) }),
  z.object({ type: z.literal("message_delta"), usage: usageSchema }),
  z.object({ type: z.literal("message_stop") }),
]);
const messageSchema = z.object({ type: z.literal("message"), model: z.string(), usage: usageSchema });

/** A whole message is at most 128,000 tokens; a line of a stream is a few. */
const maxHeldLength = 4 * 1024 * 1024;
/** What a `content_block_delta` has around its text. */
const deltaFrameLength = 80;
/** Fewer than an output token has, so that what is guessed is not too little. */
const charactersPerToken = 3;

export interface Metered {
  model: string;
  tokens: Tokens;
  /** The answer was read to its end: nothing here is a guess. */
  whole: boolean;
}

/** Counts an answer of the Messages API while it passes, streamed or not. Holds a line at a time, never the stream. */
export function createMeter(contentType: string | null) {
  const streams = contentType?.includes("text/event-stream") ?? false;
  const decoder = new TextDecoder();
  let held = "";
  let skipping = false;
  let model: string | undefined;
  let usage: Usage = {};
  let whole = false;
  let streamed = 0;

  function take(piece: string): void {
    if (skipping) return;
    if (held.length + piece.length > maxHeldLength) {
      skipping = true;
      held = "";
    } else held += piece;
  }

  function endLine(): void {
    const line = held;
    held = "";
    skipping = false;
    if (!line.startsWith("data:")) return;
    if (!/"message_(?:start|delta|stop)"/.test(line)) {
      streamed += Math.max(0, line.length - deltaFrameLength);
      return;
    }
    const event = parse(eventSchema, line.slice("data:".length));
    if (!event) streamed += line.length;
    else if (event.type === "message_start") {
      model = event.message.model;
      usage = { ...usage, ...known(event.message.usage) };
    } else if (event.type === "message_delta") usage = { ...usage, ...known(event.usage) };
    else whole = true;
  }

  return {
    push(chunk: Uint8Array): void {
      const text = decoder.decode(chunk, { stream: true });
      if (!streams) return take(text);
      const [first = "", ...rest] = text.split("\n");
      take(first);
      for (const line of rest) {
        endLine();
        take(line);
      }
    },

    /** What was counted so far; nothing where no usage was seen. */
    read(): Metered | undefined {
      if (!streams) {
        const message = parse(messageSchema, held);
        return message && { model: message.model, tokens: tokensOf(message.usage), whole: true };
      }
      if (model === undefined) return undefined;
      const tokens = tokensOf(usage);
      const guessed = whole ? 0 : Math.ceil(streamed / charactersPerToken);
      return { model, tokens: { ...tokens, output: Math.max(tokens.output, guessed) }, whole };
    },
  };
}

function parse<T extends z.ZodMiniType>(schema: T, json: string): z.output<T> | undefined {
  try {
    return z.safeParse(schema, JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}

/** A later event repeats only some of the counts. */
function known(usage: Usage): Usage {
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null && value !== undefined));
}

/** With `iterations`, the answer took several samplings and all of them are billed. */
function tokensOf({ iterations, ...usage }: Usage): Tokens {
  const parts = iterations?.length ? iterations : [usage];
  const total: Tokens = { input: 0, write5m: 0, write1h: 0, read: 0, output: 0 };
  for (const part of parts) {
    const written = part.cache_creation_input_tokens ?? 0;
    const anHour = Math.min(written, part.cache_creation?.ephemeral_1h_input_tokens ?? 0);
    total.input += part.input_tokens ?? 0;
    total.write5m += written - anHour;
    total.write1h += anHour;
    total.read += part.cache_read_input_tokens ?? 0;
    total.output += part.output_tokens ?? 0;
  }
  return total;
}
