/** Text from strangers made safe to show: no control, bidirectional or invisible characters, no lone surrogates, at most `maxLength`. */
export function plainText(text: string, maxLength: number): string {
  const visible = text
    .toWellFormed()
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u{e0000}-\u{e0fff}]/gu, "")
    .trim();
  if (visible.length <= maxLength) return visible;
  return `${visible.slice(0, maxLength - 1).toWellFormed()}…`;
}

/** The same on one line. */
export function plainLine(text: string, maxLength: number): string {
  return plainText(text.replaceAll(/\s+/g, " "), maxLength);
}
