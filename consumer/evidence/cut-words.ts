/** Between words where it can, and never inside a character. */
export function cutWords(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = text.slice(0, length);
  const at = head.search(/\s\S*$/);
  return `${(at > length / 2 ? head.slice(0, at) : head).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** Between lines: each is whole in itself. */
export function cutLines(text: string, length: number): string {
  if (text.length <= length) return text;
  const note = "\n\nThe rest does not fit here.";
  const head = text.slice(0, length - note.length);
  return `${head.slice(0, Math.max(0, head.lastIndexOf("\n"))).trimEnd()}${note}`;
}
