import * as z from "zod/mini";

const blockSchema = z.looseObject({
  type: z.string(),
  text: z.optional(z.string()),
  content: z.optional(z.unknown()),
});
const contentSchema = z.union([z.string(), z.array(blockSchema)]);
const messageSchema = z.object({ role: z.enum(["user", "assistant", "system"]), content: contentSchema });

/** The part of `POST /v1/messages` that the stand-in reads (https://docs.claude.com/en/api/messages). */
export const messagesRequestSchema = z.looseObject({
  model: z.string(),
  messages: z.array(messageSchema).check(z.minLength(1)),
  stream: z.optional(z.boolean()),
  tools: z.optional(z.array(z.unknown())),
  system: z.optional(z.unknown()),
});
export type MessagesRequest = z.infer<typeof messagesRequestSchema>;

/** What a script is asked about: one request of one conversation. */
export interface ModelCall {
  model: string;
  /** How many times the model has spoken in this conversation: 0 for its first turn. */
  turn: number;
  /** What the person asked first, without Claude Code's own reminders. */
  prompt: string;
  /** Everything the person said, follow-ups included: Claude Code puts these behind the result of a running tool. */
  said: string;
  /** The folder Claude Code runs in: its tools want absolute paths. */
  cwd: string;
  /** What the tools of the turn before answered. */
  toolResults: string[];
}

function textsOf(content: MessagesRequest["messages"][number]["content"]): string[] {
  return typeof content === "string" ? [content] : content.flatMap((block) => block.text ?? []);
}

function resultsOf(content: MessagesRequest["messages"][number]["content"]): string[] {
  if (typeof content === "string") return [];
  return content.flatMap(({ type, content: result }) => {
    if (type !== "tool_result") return [];
    const parsed = contentSchema.safeParse(result);
    return parsed.success ? [textsOf(parsed.data).join("\n")] : [];
  });
}

const followUp = /The user sent a new message while you were working:\n(.*?)<\/system-reminder>/gs;

/** Reads a conversation out of the request alone, so that parallel conversations cannot mix. */
export function readModelCall(request: MessagesRequest): ModelCall {
  const contents = request.messages.filter(({ role }) => role !== "assistant").map(({ content }) => content);
  const texts = contents.flatMap(textsOf);
  const words = texts.filter((text) => !text.startsWith("<system-reminder>"));
  const results = contents.flatMap(resultsOf);
  const whileWorking = results.flatMap((result) => [...result.matchAll(followUp)].map(([, text = ""]) => text));
  const environment = [JSON.stringify(request.system ?? ""), ...texts].join("\n");
  return {
    model: request.model,
    turn: request.messages.filter(({ role }) => role === "assistant").length,
    prompt: words[0] ?? "",
    said: [...words, ...whileWorking].join("\n"),
    cwd: /[Ww]orking directory: ([^\n\\]+)/.exec(environment)?.[1]?.trim() ?? "/",
    toolResults: request.messages
      .slice(request.messages.findLastIndex(({ role }) => role === "assistant") + 1)
      .flatMap(({ content }) => resultsOf(content)),
  };
}
