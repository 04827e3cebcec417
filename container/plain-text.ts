/** Text from strangers made safe to show: no control, bidirectional or invisible characters, no lone surrogates, at most `maxLength`. */
export function plainText(text: string, maxLength: number): string {
  const visible = text
    .toWellFormed()
    .replaceAll(/\r\n?/g, "\n")
    // oxlint-disable-next-line no-control-regex -- control characters are what is removed
    .replaceAll(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]/gu,
      "",
    )
    .trim();
  if (visible.length <= maxLength) return visible;
  return `${visible.slice(0, maxLength - 1).toWellFormed()}…`;
}

/** The same on one line. */
export function plainLine(text: string, maxLength: number): string {
  return plainText(text.replaceAll(/\s+/g, " "), maxLength);
}
