import * as z from "zod/mini";

/** The lines of `claude --output-format stream-json` that matter here; every other line is left alone. */
const messageSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("assistant"),
    parent_tool_use_id: z.nullish(z.string()),
    message: z.object({
      /** `<synthetic>`: Claude Code's own words about an error of the API's. */
      model: z.nullish(z.string()),
      content: z.array(
        z.union([
          z.object({ type: z.literal("text"), text: z.string() }),
          z.object({ type: z.literal("tool_use"), name: z.string(), input: z.unknown() }),
          z.object({ type: z.string() }),
        ]),
      ),
    }),
  }),
  /** The agent has taken a message up: with `--replay-user-messages`, or by its state (a command has no replay). */
  z.object({ type: z.literal("user"), isReplay: z.literal(true), uuid: z.string() }),
  z.object({ type: z.literal("command_lifecycle"), command_uuid: z.string(), state: z.string() }),
  z.object({
    type: z.literal("result"),
    subtype: z.string(),
    is_error: z.boolean(),
    result: z.optional(z.string()),
    errors: z.optional(z.array(z.string())),
    num_turns: z.number(),
    total_cost_usd: z.number(),
    duration_ms: z.number(),
  }),
]);
export type ClaudeMessage = z.infer<typeof messageSchema>;
export type ClaudeTurn = Extract<ClaudeMessage, { type: "assistant" }>;
export type ClaudeResult = Extract<ClaudeMessage, { type: "result" }>;

export function readClaudeMessage(line: string): ClaudeMessage | undefined {
  try {
    return messageSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** A line of `--input-format stream-json`. Words that start with a slash would be a command of Claude Code itself. */
export function userMessage(words: string, uuid: string): string {
  const text = words.startsWith("/") ? ` ${words}` : words;
  return `${JSON.stringify({ type: "user", uuid, message: { role: "user", content: [{ type: "text", text }] } })}\n`;
}

/** Asks the agent to end its turn, so that it still says what it used. */
export const interruption = `${JSON.stringify({ type: "control_request", request_id: "end", request: { subtype: "interrupt" } })}\n`;
