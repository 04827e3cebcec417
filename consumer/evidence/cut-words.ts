/** Between words where it can, and never inside a character. */
export function cutWords(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = text.slice(0, length);
  const at = head.search(/\s\S*$/);
  return `${(at > length / 2 ? head.slice(0, at) : head).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
