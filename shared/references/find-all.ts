/**
 * Every match of a global `pattern`, none of which can be without `marker`: most texts hold no marker, and looking for it costs next to
 * nothing beside the pattern. The gateway does this for every message.
 */
export function findAll(text: string, marker: string, pattern: RegExp): RegExpExecArray[] {
  return text.includes(marker) ? [...text.matchAll(pattern)] : [];
}
