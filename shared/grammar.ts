/** What people can write, and what each is for: the parser and `help` read the same table. */
export const grammar = {
  fix: {
    aliases: [],
    example: "fix https://github.com/owner/name what goes wrong",
    purpose: "find the cause and open a pull request",
  },
  contextualize: {
    aliases: ["context", "ctx"],
    example: "contextualize BUG-12",
    purpose: "gather what is known about a bug",
  },
  status: { aliases: [], example: "status", purpose: "what I am doing in this thread (`status all`: everywhere)" },
  stop: { aliases: ["cancel"], example: "stop", purpose: "stop it" },
  help: { aliases: [], example: "help", purpose: "this" },
} as const satisfies Record<string, { aliases: readonly string[]; example: string; purpose: string }>;
export type ChatCommandName = keyof typeof grammar;

const words = new Map<string, ChatCommandName>();
for (const name of chatCommandNames()) for (const word of [name, ...grammar[name].aliases]) words.set(word, name);

export function chatCommandNames(): ChatCommandName[] {
  return ["fix", "contextualize", "status", "stop", "help"];
}

/** Takes `--model name` out of a command's words. Phones and word processors write dashes of their own. */
export function takeModel(text: string): { text: string; model?: string } {
  const option = /(?:^|\s)(?:--|—|–-?)model(?:\s*=\s*|\s+|$)(\S*)/i;
  const [found, model] = option.exec(text) ?? [];
  return found === undefined ? { text } : { text: text.replace(option, "").trim(), model: model ?? "" };
}

/** Reads `<command> [words]`, also as `Fix: …` or `stop!`. An unknown command is `help` with every word kept; `help` itself has none. */
export function parseWords(text: string): { name: ChatCommandName; text: string } {
  const trimmed = text.replace(/^[\s:,;.!–—-]+/, "").trim();
  const [first = ""] = trimmed.split(/\s/, 1);
  const name = words.get(first.toLowerCase().replace(/[:,;.!?]+$/, ""));
  if (name === "help") return { name, text: "" };
  return name ? { name, text: trimmed.slice(first.length).trim() } : { name: "help", text: trimmed };
}
