import { findAll } from "./find-all.ts";

/** `BUG-12`, not inside a longer word or path. */
const identifier = /(?<![\w/-])([A-Z][A-Z0-9]{0,9}-[1-9]\d{0,6})(?![\w-])/g;
const issueUrl = /https:\/\/linear\.app\/[\w-]{1,80}\/issue\/([A-Z][A-Z0-9]{0,9}-[1-9]\d{0,6})(?:\/[\w-]{0,200})?/g;

/** Issues named by their URL. */
export function linearIssueUrls(text: string): { id: string; url: string }[] {
  return findAll(text, "linear.app/", issueUrl).map(([url, id = ""]) => ({ id, url }));
}

/** What looks like a Linear issue's identifier. `UTF-8` does too: only Linear knows its team keys. */
export function linearIssueIds(text: string): string[] {
  return [...new Set(findAll(text, "-", identifier).map(([, id = ""]) => id))];
}
