import type { Said } from "../replies/reply.ts";

/** Who said it, so that nobody takes an alert for a person. */
export function speakerOf({ author, isBot }: Said): string {
  return isBot ? `the bot ${author}` : author;
}

/** What was said, and what was attached without being opened. */
export function wordsOf({ text, files = [] }: Said): string {
  const attached = files.map(({ name, url }) => `[attached and not opened: ${name}${url ? ` ${url}` : ""}]`);
  return [text, ...attached].filter((part) => part !== "").join("\n");
}
