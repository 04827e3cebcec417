import { findAll } from "./find-all.ts";

/** `BUG-12`, not inside a longer word or path. */
const identifier = /(?<![\w/-])([A-Z][A-Z0-9]{0,9}-[1-9]\d{0,6})(?![\w-])/g;
const issueUrl = /https:\/\/linear\.app\/[\w-]{1,80}\/issue\/([A-Z][A-Z0-9]{0,9}-[1-9]\d{0,6})(?:\/[\w-]{0,200})?/g;

/** What may be an issue of Linear's. Without its URL it may be a word as well: `UTF-8`. */
export interface NamedIssue {
  id: string;
  url?: string | undefined;
}

/** Issues named by their URL. */
export function linearIssueUrls(text: string): { id: string; url: string }[] {
  return findAll(text, "linear.app/", issueUrl).map(([url, id = ""]) => ({ id, url }));
}

/** What looks like a Linear issue's identifier. `UTF-8` does too: only Linear knows its team keys. */
export function linearIssueIds(text: string): string[] {
  return [...new Set(findAll(text, "-", identifier).map(([, id = ""]) => id))];
}

/** Issues named by their URL or by what looks like an identifier, each once, in the order they were written. */
export function linearIssues(text: string): NamedIssue[] {
  const linked = findAll(text, "linear.app/", issueUrl).map(({ 0: url, 1: id = "", index }) => ({ id, url, index }));
  const named = findAll(text, "-", identifier).map(({ 1: id = "", index }) => ({ id, index }));
  const found = [...linked, ...named].toSorted((one, other) => one.index - other.index);
  return distinctIssues(found);
}

/** Each once, where it is first named; by its URL, where any of them is. */
export function distinctIssues(issues: readonly NamedIssue[]): NamedIssue[] {
  const distinct = new Map<string, NamedIssue>();
  for (const { id, url } of issues) {
    const known = distinct.get(id)?.url ?? url;
    distinct.set(id, { id, ...(known && { url: known }) });
  }
  return [...distinct.values()];
}
