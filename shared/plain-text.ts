const hidden =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u061C\u115F\u1160\u180E\u200B\u200C\u200E\u200F\u2028-\u202E\u2060-\u206F\u3164\uFEFF\uFFF9-\uFFFB\uFFFD]|\u034F|[\u{1BCA0}-\u{1BCA3}\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]/gu;

/** Removes what a reader would not see and a queue would swell on: control, zero-width and bidirectional characters, lone surrogates. Keeps tabs and newlines. */
export function stripHidden(text: string): string {
  return text.toWellFormed().replace(hidden, "");
}

/** Shows what a reader would not see, instead of leaving it out: `⟨U+202E⟩`. Keeps tabs and newlines. */
export function showHidden(text: string): string {
  return text
    .toWellFormed()
    .replaceAll("\r\n", "\n")
    .replace(
      hidden,
      (character) => `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`,
    );
}

/** Writes what a reader would not see as JSON's own escapes, which mean the same: a terminal acts on none of them. */
export function escapeHidden(json: string): string {
  const escape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return json.replace(hidden, (character) => character.split("").map(escape).join(""));
}

/** Makes Markdown of words that are none: shown as they are, they format, link and ping nothing. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_~[\]()<>#|&]/g, "\\$&");
}

/** The words of Markdown without its escapes, for looking things up in them. */
export function unescapeMarkdown(text: string): string {
  return text.replace(/\\([!-/:-@[-`{-~])/g, "$1");
}
