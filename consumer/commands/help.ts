import type { Command } from "../../shared/command.ts";
import { chatCommandNames, grammar } from "../../shared/grammar.ts";
import type { Ending } from "../endings/ending.ts";
import { cutWords } from "../evidence/cut-words.ts";
import { inlineMarkdown } from "../evidence/untrusted-markdown.ts";

/** What can be written, from the table that reads it. */
export function help({ text }: Command): Ending {
  const [word = ""] = text.split(/\s/, 1);
  const opening = word ? [`I do not know “${inlineMarkdown(cutWords(word, 40))}”. This is what I understand:`] : [];
  const lines = chatCommandNames().map((name) => {
    const { aliases, example, purpose } = grammar[name];
    const also = aliases.length > 0 ? ` (or ${aliases.map((alias) => `\`${alias}\``).join(", ")})` : "";
    return `\`@bugbot ${example}\`${also} – ${purpose}`;
  });
  const followUp =
    "In a thread where I have worked on a fix, any other words to me go on with it: `@bugbot also handle the empty cart`";
  const closing = "Name a Linear issue (`BUG-12`) to work on it; otherwise I file one.";
  return { outcome: "succeeded", reply: [...opening, ...lines, followUp, closing].join("\n") };
}
