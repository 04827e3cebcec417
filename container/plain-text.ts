import { stripHidden } from "../shared/plain-text.ts";

/** Text from strangers made safe to show: nothing hidden, no lone surrogates, at most `maxLength`. */
export function plainText(text: string, maxLength: number): string {
  const visible = stripHidden(text.replaceAll(/\r\n?/g, "\n")).trim();
  if (visible.length <= maxLength) return visible;
  return `${visible.slice(0, maxLength - 1).toWellFormed()}…`;
}

/** The same on one line. */
export function plainLine(text: string, maxLength: number): string {
  return plainText(text.replaceAll(/\s+/g, " "), maxLength);
}
